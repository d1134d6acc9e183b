import { expect, test } from 'vitest';
import { takenByNpm } from '../../src/command/taken-by-npm.ts';

const FLAGS = ['xray', 'max-line-bytes', 'json'];
const run = { npm_lifecycle_event: 'client' };

test('takenByNpm: names the flags that npm took, and what to type', () => {
  const env = { ...run, npm_config_xray: 'true', npm_config_max_line_bytes: '7' };
  expect(takenByNpm(FLAGS, ['127.0.0.1:6677'], env)).toEqual({
    text: 'npm took --xray --max-line-bytes for itself. Write -- before what is for this program: npm run client -- --xray --max-line-bytes',
    isCertain: true,
  });
});

test('takenByNpm: a flag that npm has too may come from elsewhere', () => {
  expect(takenByNpm(FLAGS, [], { ...run, npm_config_json: 'true' })).toMatchObject({ isCertain: false });
});

test.each([
  ['that arrived with a value', ['--xray=json'], { ...run, npm_config_xray: 'json' }],
  ['that arrived', ['--xray'], { ...run, npm_config_xray: 'true' }],
  ['of other programs', [], { ...run, npm_config_cache: '/tmp' }],
  ['of a shell that npm did not start', [], { npm_config_xray: 'true' }],
])('takenByNpm: says nothing of flags %s', (_, argv, env) => {
  expect(takenByNpm(FLAGS, argv, env)).toBeUndefined();
});
