import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { peerTable } from './peers.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('README: the table of the peers is what the peers do', async () => {
  const [, table] = /<!-- peers -->\n([^]*?)\n<!-- \/peers -->/.exec(readme) ?? [];
  expect(table).toBe(await peerTable());
});

test('README: every recipe names a preset, every preset has one', async () => {
  const { presets } = await import('../src/presets/index.ts');
  for (const name of Object.keys(presets)) expect(readme).toContain(`presets.${name}`);
});
