// `npm run release`, `npm run release -- --rehearse` and `npm run version`: reads the command line, and hands over.
import { isatty } from 'node:tty';
import { parseArgs } from 'node:util';
import { rehearse } from './rehearse/rehearse.mjs';
import { release } from './release.mjs';
import { version } from './version.mjs';

const context = {
  root: process.cwd(),
  env: process.env,
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
};

try {
  const options = {
    push: { type: 'boolean', default: false },
    rehearse: { type: 'boolean', default: false },
    version: { type: 'boolean', default: false },
  };
  const { values } = parseArgs({ options });
  if (values.rehearse) process.exitCode = await rehearse(context);
  else if (values.version) process.exitCode = await version(context);
  else
    process.exitCode = await release({
      ...context,
      push: values.push,
      isTerminal: isatty(0),
    });
} catch (error) {
  if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  context.complain(
    `Cannot release: ${error.message.split('.')[0]}. Expected --push, --rehearse or --version`,
  );
  process.exitCode = 64;
}
