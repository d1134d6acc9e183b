import { createServer } from '@proto/server';

/** Our server, without what it prints. Says its port. */
const server = createServer({ port: 0, order: 'free', quit: 'self' });
process.stdout.write(`${await server.listen()}\n`);
