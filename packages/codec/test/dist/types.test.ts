// What ships, as a program with the types of browsers sees it.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const FILE = fileURLToPath(new URL('consumer.ts', import.meta.url));

/** Errors of a program that imports what was built. */
function errorsIn(text: string): string[] {
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
  };
  const base = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...base,
    fileExists: (name) => name === FILE || base.fileExists(name),
    getSourceFile: (name, language) =>
      name === FILE ? ts.createSourceFile(name, text, language) : base.getSourceFile(name, language),
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([FILE], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

const PROGRAM = `
import { type Bytes, type Decoder, type Framing, isFault, lines } from '@proto/codec';

const encoded = lines().encode('a');
new Blob([encoded]);
void fetch('http://localhost/', { method: 'POST', body: encoded });
new Response(encoded);
void crypto.subtle.digest('SHA-256', encoded);
export const send = (socket: WebSocket): void => socket.send(encoded);
const bytes: Bytes = encoded;
const any: Uint8Array = bytes;
// @ts-expect-error -- they may be shared
new Blob([any]);

const frame = lines({ charset: 'bytes' }).decoder().read();
if (frame !== undefined && !isFault(frame)) new Blob([frame]);

const decoder = lines().decoder<Uint8Array>();
decoder.take(1);
const taken = decoder.read();
if (taken instanceof Uint8Array) new Blob([taken]);
export const wide: Decoder<string | Uint8Array> = decoder;
// @ts-expect-error -- its frames are text
lines().decoder().take(1);

export const mine: Framing = { ...lines(), encode: (text) => new TextEncoder().encode(String(text)) };
`;

test('types: what is encoded and decoded fits Blob, fetch, crypto and WebSocket; wide annotations fit too', () => {
  expect(errorsIn(PROGRAM)).toEqual([]);
});
