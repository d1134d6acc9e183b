import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Program } from './blocks.ts';

/** A folder where every package is found by its name. */
export const HERE: string = fileURLToPath(new URL('..', import.meta.url));

/** Every error that the compiler finds in programs, which are in memory only, each in a file of its own. */
export function errorsIn(programs: readonly Program[]): string[] {
  const files = new Map(
    programs.map(({ source }, index) => [join(HERE, `sample-${index}.ts`), `${source}export {};\n`]),
  );
  const { config } = ts.readConfigFile(join(HERE, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, HERE);
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) => {
    const source = files.get(file);
    return source === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, source, rest[0]);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((file, index) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start = 0, messageText }) => {
      const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      const { at } = programs[index]!;
      return `${at === '' ? basename(file) : at}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}
