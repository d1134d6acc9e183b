import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// The promises of the simulation are written a second time, so that they can be held against the first.
const sources = execFileSync('git', ['ls-files', 'packages/*/src/*.ts', 'apps/*/src/*.ts'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => existsSync(file) && !file.startsWith('apps/simulation/'));

/** What is decided in one place, as it would look in a second. */
test.each([
  {
    what: 'which bytes are text',
    looks: /\\x20-\\x7e/i,
    where: [
      'packages/protocol/src/content.ts',
      'packages/protocol/src/testing/step-text.ts',
      'packages/xray/src/escape.ts',
    ],
  },
  {
    what: 'the words for a file that cannot be read',
    looks: /ENOENT: 'there is no such file'/,
    where: ['apps/client/src/mode/unread.ts', 'apps/server/src/text/file-text.ts'],
  },
  {
    what: 'the default port',
    looks: /(?<!@default )6677/,
    where: ['packages/protocol/src/limits.ts'],
  },
  {
    what: 'how much longer the lines of a server may be',
    looks: /\+ EVENT_OVERHEAD_BYTES/,
    where: ['packages/protocol/src/limits.ts'],
  },
  { what: 'what stands before a token', looks: /'\/auth '/, where: ['packages/protocol/src/token.ts'] },
  {
    what: 'which token a file holds',
    looks: /oken\b.*replace\(\/\\r\?\\n\$/,
    where: [],
  },
  {
    what: 'whether npx has ended',
    looks: /npm_lifecycle_script'/,
    where: ['apps/client/src/mode/when-npx-ends.ts', 'apps/server/src/command/when-npx-ends.ts'],
  },
  {
    what: 'which flags npm took for itself',
    looks: /npm_lifecycle_event'/,
    where: ['apps/client/src/command/taken-by-npm.ts', 'apps/server/src/command/taken-by-npm.ts'],
  },
  { what: 'what a waiting line is charged', looks: /\b256 \*|\+ 384\b/, where: [] },
])('twins: $what: written once', ({ looks, where }) => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((file) => looks.test(readFileSync(file, 'utf8')))).toEqual(where);
});
