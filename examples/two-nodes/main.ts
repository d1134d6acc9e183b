import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QuitGroup } from '@proto/scheduler';
import { programMember, start } from './program.ts';

const [portOfA = '6677', portOfB = '6687'] = process.argv.slice(2);
const NODES = [
  { name: 'a', port: portOfA },
  { name: 'b', port: portOfB },
];
const SERVER = fileURLToPath(new URL('dist/main.js', import.meta.resolve('@proto/server/package.json')));
const CHAT = ['--order', 'free', '--deliver', 'others', '--transform', 'none', '--quit', 'self'];

// The servers need NATS until they have ended.
const servers = new QuitGroup<string>();
const nats = new QuitGroup<string>();
const folder = mkdtempSync(join(tmpdir(), 'chat-'));

async function main(): Promise<void> {
  const natsPort = await freePort();
  const natsArgs = ['-js', '-a', '127.0.0.1', '-p', `${natsPort}`, '-sd', folder];
  const log = await start('nats-server', natsArgs, /Server is ready/);
  nats.add('nats', programMember(log));
  log.once('exit', () => {
    nats.remove('nats');
    if (!nats.quitting) void stop('NATS has ended', 1);
  });

  for (const { name, port } of NODES) {
    const args = [...CHAT, '--port', port, '--node', name, '--join', `nats://127.0.0.1:${natsPort}`];
    const server = await start(process.execPath, [SERVER, ...args], /^listening on/);
    servers.add(name, programMember(server));
    server.once('exit', () => {
      servers.remove(name);
      console.log(`Server ${name} has ended`);
      if (servers.size === 0) void stop('all have ended');
    });
  }
  console.log(
    [
      'Two servers, one chat. In other terminals, in this folder:',
      ...NODES.map(({ name, port }) => `  npx @proto/client 127.0.0.1:${port}    # a client of ${name}`),
      'What one types, the others get. Ctrl-C here ends both servers.',
    ].join('\n'),
  );
}

async function stop(reason: string, exitCode = 0): Promise<void> {
  await servers.quit({ reason });
  await nats.quit({ reason });
  rmSync(folder, { recursive: true, force: true });
  process.exit(exitCode);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

process.on('SIGINT', (signal) => void stop(signal));
process.on('SIGTERM', (signal) => void stop(signal));
main().catch((error: Error) => {
  console.error(error.message);
  void stop('could not start', 1);
});
