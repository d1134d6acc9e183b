// Yarn starts this instead of itself (.yarnrc, .yarnrc.yml): it would stop at the lockfile of pnpm.
const args = process.argv.slice(2).filter((arg) => arg !== 'run');
const [script = 'start', ...rest] = args[0] === 'install' ? [] : args;
const typed = ['npm', 'run', script, ...(rest.length > 0 ? ['--', ...rest] : [])].join(' ');
process.stderr.write(
  `Cannot use yarn here: npm installs what is needed. Run: ${typed.replace('npm run start', 'npm start')}\n`,
);
process.exitCode = 64;
