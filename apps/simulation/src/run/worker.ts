// One process of several: the seeds of its share, which is its only argument.
import { type Share, work } from './workers.ts';

await work(JSON.parse(process.argv[2]!) as Share, (part) => void process.send?.(part));
process.disconnect();
