import { randomBytes } from 'node:crypto';
import { Redis } from './redis.ts';
import { RedisError } from './resp.ts';

async function main(host: string, port: number): Promise<void> {
  const redis = await Redis.connect(port, host, (push) => console.log(`pushed: ${String(push)}`));
  try {
    await redis.send('HELLO', '3');
    await talk(redis);
  } finally {
    redis.close();
  }
}

async function talk(redis: Redis): Promise<void> {
  console.log('SET', await redis.send('SET', 'example:greeting', 'good evening\r\n$5\r\n'));
  console.log('GET', JSON.stringify(String(await redis.send('GET', 'example:greeting'))));
  console.log('GET', await redis.send('GET', 'example:nothing'));

  const refused = await redis.send('INCR', 'example:greeting').catch((error: unknown) => error);
  console.log('INCR', refused instanceof RedisError ? refused.message : refused);

  const picture = randomBytes(16 * 1024 * 1024);
  await redis.send('SET', 'example:picture', picture);
  const back = await redis.send('GET', 'example:picture');
  console.log(
    '16 MiB of any bytes:',
    back instanceof Buffer && picture.equals(back) ? 'the same' : 'not the same',
  );

  await redis.send('DEL', 'example:counter');
  const counts = await Promise.all(
    Array.from({ length: 10_000 }, () => redis.send('INCR', 'example:counter')),
  );
  console.log('10,000 at once:', counts.every((count, at) => count === at + 1) ? 'in order' : 'out of order');

  // A cache of your own: Redis tells you when a key that you have read changes.
  await redis.send('CLIENT', 'TRACKING', 'ON');
  await redis.send('GET', 'example:greeting');
  await redis.send('DEL', 'example:greeting', 'example:picture', 'example:counter');
  await redis.send('PING');
}

const [host = '127.0.0.1', port = '6379'] = process.argv[2]?.split(':') ?? [];
main(host, Number(port)).catch((error: Error) => {
  console.error(`Cannot talk to Redis on ${host}:${port}: ${error.message}`);
  process.exitCode = 1;
});
