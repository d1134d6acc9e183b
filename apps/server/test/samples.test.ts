import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Child } from './dist/child.ts';
import { dial, Peer } from './peer.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
/** Inside the package, so that the samples find it by its name. */
const FOLDER = join(PACKAGE, '.report', 'samples');

beforeAll(() => mkdirSync(FOLDER, { recursive: true }));
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** Runs the sample of the README that stands below this text, on any free ports, as it stands otherwise. */
function sample(below: string): Child {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  const source = /```ts\n(.*?)```/s.exec(readme.slice(readme.indexOf(below)))?.[1];
  if (!readme.includes(below) || source === undefined) throw new Error(`there is no sample below ${below}`);
  const file = join(FOLDER, `${below.replace(/\W+/g, '-')}.ts`);
  writeFileSync(file, source.replace(/port: \d+/, 'port: 0').replace(/:6678'/, ":0'"));
  return new Child(process.execPath, ['--conditions=@proto/source', '--import=tsx', file]);
}

async function peer(address: string): Promise<Peer> {
  return new Peer(await dial(address));
}

test('README: the instrument answers as one does', async () => {
  const child = sample('An instrument');
  const user = await peer(await child.line(/^127\.0\.0\.1:\d+$/));
  user.say('*IDN?', 'VOLT 3.3', 'VOLT?', 'constructor');
  await user.until(({ lines }) => lines.length === 3);
  expect(user.lines).toEqual(['ACME,PSU-1,0001,1.0', '3.300', '-113,"Undefined header"']);
});

test('README: the game is played in turns, both hear it, and it ends with a winner', async () => {
  const child = sample('A game');
  const address = await child.line(/^127\.0\.0\.1:\d+$/);
  const players = [await peer(address), await peer(address)] as const;
  let [low, high] = [1, 100];
  const heard = ({ lines }: Peer): string[] => lines.filter((line) => !/^\* (?!MSG)/.test(line));
  for (let turn = 0; !players[0].ended; turn++) {
    const [player, other] = turn % 2 === 0 ? players : ([players[1], players[0]] as const);
    const guess = Math.floor((low + high) / 2);
    player.say(String(guess));
    await Promise.all([player, other].map((one) => one.until((each) => heard(each).length > turn)));
    const said = heard(player)[turn];
    expect(heard(other)[turn]).toBe(`* MSG ${(turn % 2) + 1} ${said}`);
    if (said === 'yes') {
      await Promise.all(players.map((one) => one.end()));
      for (const { lines } of players) expect(lines.at(-1)).toBe(`* BYE ${(turn % 2) + 1} has won`);
      break;
    }
    if (said === 'more') low = guess + 1;
    else high = guess - 1;
    expect(low).toBeLessThanOrEqual(high);
  }
  expect(await child.exit).toEqual({ code: 0, signal: null });
});

test('README: the game ends well for both where a second right guess lies in the queue', async () => {
  const child = sample('A game');
  const address = await child.line(/^127\.0\.0\.1:\d+$/);
  const [first, second] = [await peer(address), await peer(address)];
  const guesses = Array.from({ length: 100 }, (_, index) => String(index + 1));
  // As many as the server queues of one client; those behind come as it goes on.
  await second.say(...guesses.slice(0, 50), '/ping queued').line('* PONG queued');
  second.say(...guesses.slice(50));
  first.say(...guesses);
  for (const player of [first, second]) {
    await player.end();
    expect(player.lines).toContain('yes');
    expect(player.lines.at(-1)).toBe('* BYE 1 has won');
  }
  expect(await child.exit).toEqual({ code: 0, signal: null });
});

test('README: the metrics are served, the log is JSON, and both end with the server', async () => {
  const child = sample('A server with a metrics');
  await child.until(({ stderr }) => stderr.includes('/metrics\n'), 'its address');
  const url = /http:\S+/.exec(child.stderr)?.[0] ?? '';
  expect(await (await fetch(url)).text()).toContain('proto_clients 0');
  const { address } = JSON.parse(await child.line(/"event":"listening"/)) as { address: string };
  const user = await peer(address);
  await user.line(/^\* WELCOME/);
  expect(await (await fetch(url)).text()).toContain('proto_clients 1');
  await user.say('quit').end();
  expect(await child.exit).toEqual({ code: 0, signal: null });
  const events = child.lines.map((line) => (JSON.parse(line) as { event: string }).event);
  expect(events).toEqual(['listening', 'join', 'quit', 'quitDone']);
});
