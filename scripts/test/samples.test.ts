import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** What a sample may use without saying where it comes from. */
const GIVEN = `
declare const socket: import('node:net').Socket;
declare const framing: import('@proto/codec').Framing;
declare const chunk: Uint8Array;
declare const handle: (frame: import('@proto/codec').Frame) => void;
declare const value: (bytes: Uint8Array) => void;
declare const send: (text: string) => void;
declare const show: (message: import('@proto/watch').Message) => void;
declare const webSocket: {
  addEventListener(type: 'message', hear: (event: { readonly data: string }) => void): void;
};
`;

const DOCUMENTS = [
  'README.md',
  'apps/server/README.md',
  'packages/codec/README.md',
  'packages/faults/README.md',
  'packages/protocol/README.md',
  'packages/watch/README.md',
  'packages/xray/README.md',
];

/** The TypeScript blocks of a document, each as a file among the sources of an app, where every package is found. */
function samples(document: string): [file: string, source: string][] {
  const blocks = [...readFileSync(document, 'utf8').matchAll(/```ts\n(.*?)```/gs)];
  return blocks.map(([, source = ''], index) => [
    resolve('apps/server/src', `${document.replaceAll('/', '-')}-${index + 1}.ts`),
    `${source}export {};\n`,
  ]);
}

/** Every error that the compiler finds in the files, which are in memory only. */
function errorsIn(files: ReadonlyMap<string, string>): string[] {
  const options = ts.getParsedCommandLineOfConfigFile(
    'apps/server/tsconfig.json',
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => {},
    },
  )?.options;
  const host = ts.createCompilerHost(options ?? {});
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) => {
    const source = files.get(file);
    return source === undefined
      ? getSourceFile(file, ...rest)
      : ts.createSourceFile(file, source, ts.ScriptTarget.ES2023);
  };
  const program = ts.createProgram(
    [...files.keys()],
    { ...options, isolatedDeclarations: false, paths: PATHS },
    host,
  );
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start = 0, messageText }) => {
      const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      return `${file.split('/').pop()}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}

// The server's own name and the client's cannot be found from inside the server.
const PATHS = {
  '@proto/server': [resolve('apps/server/src/index.ts')],
  '@proto/server/observe': [resolve('apps/server/src/observe/index.ts')],
  '@proto/client': [resolve('apps/client/src/index.ts')],
  // Nor what the server does not use.
  '@proto/faults': [resolve('packages/faults/src/index.ts')],
};

test('samples: every one in the documents compiles as it stands', () => {
  const given: [string, string] = [resolve('apps/server/src/given.d.ts'), GIVEN];
  const files = new Map([given, ...DOCUMENTS.flatMap(samples)]);
  expect(files.size).toBeGreaterThan(3);
  expect(errorsIn(files)).toEqual([]);
});

test('samples: one that does not compile is found', () => {
  const file = resolve('apps/server/src/wrong.ts');
  const wrong = new Map([[file, "import { lines } from '@proto/codec';\n\nlines({ limit: 3 });\n"]]);
  expect(errorsIn(wrong).join()).toMatch(/^wrong\.ts:3: .*'limit' does not exist/);
});
