import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Nats, startNats } from '../../../server/test/cluster/engines/nats.ts';
import { has } from '../../../server/test/cluster/engines/needs.ts';
import { goTo, hasBrowser, headline, openFromFile, useBrowser } from './browser.ts';
import { follow, type LiveServer, liveServer } from './live-server.ts';
import { nodesSession } from './nodes.ts';

/** What the page shows follows what the servers do, soon; that one is gone takes the others a few seconds. */
const SETTLES = { timeout: 30_000 };

describe.skipIf(!hasBrowser)('a recording of a server among others', () => {
  useBrowser();

  test('page: a client of another node has no streams, and its bytes are nowhere', async () => {
    const { page, errors } = await openFromFile(nodesSession());
    await goTo(page, 8_000);
    expect(await headline(page)).toMatch(
      /^Waiting for client 2 on node b\. .* 3 lines of client 1 and client 3 wait/,
    );
    const spokes = page.locator('.spoke');
    expect(await spokes.locator('.name').allTextContents()).toEqual(['client 1', 'on b', 'on c']);
    const marks = async (selector: string): Promise<number[]> =>
      Promise.all([0, 1, 2].map((i) => spokes.nth(i).locator(selector).count()));
    expect([await marks('.stream'), await marks('.link'), await marks('.bead')]).toEqual([
      [2, 0, 0],
      [0, 1, 1],
      [1, 0, 2],
    ]);
    expect(await page.locator('.hub-node').textContent()).toBe('on b');
    expect(await page.locator('.ring svg').getAttribute('aria-label')).toContain(
      'Client 2 on node b has the turn.',
    );
    await page.keyboard.press('2');
    expect(await page.locator('.chunks').textContent()).toBe(
      'It is connected to node b: only the page of that node shows its bytes.',
    );
    expect(errors).toEqual([]);
  });

  test('page: while the log is out of reach it says so, and for how long', async () => {
    const { page } = await openFromFile(nodesSession());
    await goTo(page, 15_000);
    expect(await headline(page)).toMatch(/^Cut off from the log for 3\.0 s\./);
    expect(await page.locator('.nodes p').textContent()).toBe('log: out of reach for 3.0 s, 2 on the way');
  });

  test('page: a server by itself has nothing about nodes', async () => {
    const { page } = await openFromFile();
    await goTo(page, 5_500);
    expect(await page.locator('.node, .nodes, .link, .hub-node, .sign-crosses').count()).toBe(0);
  });
});

const hasNats = has(['nats-server', '--version'], 'the page of a server among others', 'nats-server');

describe.skipIf(!hasBrowser || !hasNats)('the page of a server among others', () => {
  useBrowser();
  let nats: Nats;

  beforeAll(async () => {
    nats = await startNats(1);
  });
  afterAll(() => nats.stop());

  function node(name: string): Promise<LiveServer> {
    const flags = [
      '--join',
      nats.urls.join(','),
      '--node',
      name,
      '--clients',
      '2',
      '--turn-timeout-ms',
      '60000',
    ];
    return liveServer('join', ...flags);
  }

  test('page: it shows the clients of all nodes, the turn that crosses, and a node that is killed', async () => {
    const [a, b] = [await node('a'), await node('b')];
    const { page, errors } = await follow(a);
    const shows = (selector: string, ...want: unknown[]): Promise<void> =>
      expect.poll(() => page.locator(selector).allTextContents(), SETTLES).toEqual(want);
    await shows('.nodes li', 'a this one, 0 clients', 'b 0 clients');
    const [one, two] = [await a.dial(), await b.dial()];
    await shows('.nodes li', 'a this one, 1 client', 'b 1 client');
    await shows('.lane', '1client 1on node ahas the turn', '2client 2on node bnothing waits');
    one.write('hello\n');
    await shows('h1', 'Waiting for 2client 2 on node b.');
    two.write('and you\n');
    await shows('h1', 'Waiting for 1client 1.');
    one.write('fine\nthen it is gone\n');
    await shows('.lane', '1client 1on node a1 line waits', '2client 2on node bhas the turn');
    await b.kill();
    await shows(
      '.nodes li',
      'a this one, 1 client',
      expect.stringMatching(/^b gone [\d.]+ s ago; its clients left/),
    );
    await shows('.lane', expect.stringMatching(/^1client 1on node a/), '2client 2on node bleft: node gone');
    await shows('h1', 'Waiting for 1client 1.');
    await expect
      .poll(() => page.locator('.log').textContent(), SETTLES)
      .toContain('node b is gone: the others go on without it');
    expect(errors).toEqual([]);
  });
});
