import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Handler } from '../options/handler.ts';
import { OptionError } from '../options/options.ts';
import { thrown } from '../text/thrown.ts';

/**
 * Loads a handler: the default export of a module.
 *
 * Errors: `OptionError` if there is no such file, it fails to load, or its default export isn't a function.
 */
export async function loadTransform(path: string): Promise<Handler> {
  const file = resolve(path);
  const cannot = (state: string, cause?: unknown): OptionError => {
    return new OptionError(`Cannot load the transform ${path}: ${state}`, { cause });
  };
  if (!existsSync(file)) throw cannot('there is no such file. Expected upper, none, or the path of a module');
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (error) {
    throw cannot(`it fails to load: ${thrown(error).text}`, error);
  }
  const handler = loaded.default;
  if (typeof handler !== 'function') {
    throw cannot(
      `expected a function as its default export, got ${handler === undefined ? 'none' : typeof handler}`,
    );
  }
  return handler as Handler;
}
