// Loaded before the sources: changes one of them as it is read. PLANT: the fault as JSON, { file, find, replace }.
import { register } from 'node:module';

register(
  `data:text/javascript,${encodeURIComponent(`
    import { readFileSync } from 'node:fs';
    import { fileURLToPath } from 'node:url';
    const { file, find, replace } = ${process.env.PLANT};
    export async function load(url, context, next) {
      const [path] = url.split('?');
      if (!path.endsWith('/' + file)) return next(url, context);
      const source = readFileSync(fileURLToPath(path), 'utf8');
      return { format: 'module', shortCircuit: true, source: source.replace(find, () => replace) };
    }
  `)}`,
);
