// `node scripts/rules.mjs`: records what the rooms make of the recorded conversations, after RULES was raised, and records new
// conversations. It needs no build.
import { readSource } from './from-source.mjs';

await readSource();
const { record } = await import('../apps/server/test/cluster/rules/recorded.ts');

try {
  process.stdout.write(`${record()}\n`);
} catch (error) {
  process.stderr.write(`Cannot record: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
