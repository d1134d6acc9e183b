// One process of several: the seeds of its share, which is its only argument. It ends with the process that started it.
import { type Share, work } from './workers.ts';

const orphaned = (): never => process.exit(1);
process.once('disconnect', orphaned);
await work(JSON.parse(process.argv[2]!) as Share, (part) => void process.send?.(part));
process.off('disconnect', orphaned);
process.disconnect();
