import { join } from 'node:path';
import { PostgresLog } from '../../src/cluster/logs/postgres.ts';
import { conforms } from './conformance.ts';
import { has } from './engines/needs.ts';
import { binariesOfPostgres, startPostgres } from './engines/postgres.ts';

const isHere = has([join(binariesOfPostgres(), 'postgres'), '--version'], 'logs in PostgreSQL', 'postgresql');

conforms(
  'PostgreSQL',
  isHere
    ? async () => {
        const postgres = await startPostgres();
        return {
          open: (cluster) =>
            PostgresLog.open({ urls: [postgres.url], cluster, warn: () => {}, openMs: 40_000 }),
          restart: async () => {
            await postgres.kill();
            await postgres.start();
          },
          cut: () => Promise.resolve(postgres.relay.cut()),
          stop: () => postgres.stop(),
        };
      }
    : undefined,
);
