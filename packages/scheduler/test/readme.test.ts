import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import ts from 'typescript';
import { expect, it } from 'vitest';
import * as dump from '../src/dump/index.ts';
import * as scheduler from '../src/index.ts';
import * as queue from '../src/queue/index.ts';
import * as testing from '../src/testing/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each sample as a file at the top of the package, where it finds the package by its name. */
const samples = new Map(
  [...readFileSync(`${root}README.md`, 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(
    ([, source = ''], index) => [`${root}sample-${index + 1}.ts`, source],
  ),
);

/** What the compiler finds wrong in files that are in memory only. */
function errorsIn(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.fileExists = (file) => files.has(file) || ts.sys.fileExists(file);
  host.getSourceFile = (file, ...rest) => {
    const source = files.get(file);
    return source === undefined ? read(file, ...rest) : ts.createSourceFile(file, source, rest[0]);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start = 0, messageText }) => {
      const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      return `${basename(file)}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}

const doors: Record<string, unknown> = {
  '@proto/scheduler': scheduler,
  '@proto/scheduler/dump': dump,
  '@proto/scheduler/queue': queue,
  '@proto/scheduler/testing': testing,
};
const nodeRequire = createRequire(import.meta.url);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has no name of its own
const AsyncFunction = (async (): Promise<void> => {}).constructor as FunctionConstructor;

/** The lines that a sample prints. */
async function printed(source: string): Promise<string[]> {
  const lines: string[] = [];
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const run = new AsyncFunction('require', 'exports', 'console', outputText);
  await run(
    (name: string): unknown => doors[name] ?? nodeRequire(name),
    {},
    { log: (...words: unknown[]) => void lines.push(format(...words)) },
  );
  return lines;
}

it('README: every sample compiles as it stands, and one that does not would be found', () => {
  expect(samples.size).toBeGreaterThanOrEqual(6);
  const wrong = "import { TurnQueue } from '@proto/scheduler';\nnew TurnQueue({});\n";
  const errors = errorsIn(new Map([...samples, [`${root}wrong.ts`, wrong]]));
  expect(errors).toEqual([expect.stringMatching(/^wrong\.ts:2: .*'order' is missing/)]);
});

it.each([...samples.values()].filter((source) => !source.includes('process.on(')))(
  'README: sample $# prints what it says',
  async (source) => {
    const want = [...source.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, line]) => line);
    expect(want.length).toBeGreaterThan(0);
    expect(await printed(source)).toEqual(want);
  },
);
