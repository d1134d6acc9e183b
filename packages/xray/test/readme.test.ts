import { readFileSync } from 'node:fs';
import { lines } from '@proto/codec';
import { expect, test } from 'vitest';
import { formatSeen, XRay } from '../src/index.ts';

test('README: the chunks that it describes are shown as it shows them', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const xray = new XRay({ direction: 'read', decoder: lines({ charset: 'text' }).decoder() });
  const seen = [
    xray.chunk(Buffer.from('he'), 0),
    xray.chunk(Buffer.from('llo\nwor'), 1_004),
    xray.end('FIN', 2_500),
  ];
  expect(/```text\n(.*?)\n```/s.exec(readme)?.[1]).toBe(seen.flatMap((each) => formatSeen(each)).join('\n'));
});
