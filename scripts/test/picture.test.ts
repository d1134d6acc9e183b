import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PICTURE, picture } from '../picture.mjs';

const MAX_BYTES = 40_000;

const svg = readFileSync(PICTURE, 'utf8');

test('picture: it shows what the demo prints', () => {
  const isSame = picture() === svg;
  expect(isSame, `${PICTURE} is not what the demo prints now. Run: node scripts/picture.mjs`).toBe(true);
});

test('picture: small, and nothing in it runs or comes from elsewhere', () => {
  expect(Buffer.byteLength(svg)).toBeLessThan(MAX_BYTES);
  expect(svg).not.toMatch(/<script|<image|<foreignObject|href|url\(|@import|@font-face/i);
});

test('picture: without animation the first scene is complete, and the others are hidden', () => {
  const [, moving = ''] = /@media \(prefers-reduced-motion:no-preference\)\{\n([^]*?)\n\}/.exec(svg) ?? [];
  expect(moving).toContain('animation');
  expect(svg.replace(moving, '')).not.toMatch(/animation/);
  expect(svg.match(/<g id="s\d+"( class="later")?>/g)).toEqual(['<g id="s0">', '<g id="s1" class="later">']);
});

test('picture: README shows it near the top, and says in words what is seen', () => {
  const [before = '', words] =
    readFileSync('README.md', 'utf8').split(new RegExp(`!\\[([^\\]]{80,})\\]\\(${PICTURE}\\)`)) ?? [];
  expect(words).toMatch(/server.*clients/);
  expect(before.split('\n').length).toBeLessThan(10);
});
