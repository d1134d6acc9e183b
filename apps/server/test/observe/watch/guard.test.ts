import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createServer, MemoryListener } from '../../../src/index.ts';
import { folder, type PageOf, pageOf } from './page-of.ts';

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};
const secret = { is: (shown: string): boolean => shown === 's3cret' };

function served(): Promise<PageOf> {
  return pageOf(createServer({}, new MemoryListener()), { secret, names: ['lines.example.com', 'other:99'] });
}

/** The answer to one request. PORT in a header is the port of the page. */
async function ask(
  { at }: PageOf,
  { path = '/', method = 'GET', headers = {} }: { path?: string; method?: string; headers?: object },
): Promise<{ status: number; answer: IncomingMessage; text: string }> {
  const port = at.split(':')[1]!;
  const filled = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value).replace('PORT', port)]),
  );
  const asked = httpRequest({ host: '127.0.0.1', port, path, method, headers: filled, agent: false }).end();
  const upgraded = once(asked, 'upgrade').then(([answer, socket]) => {
    (socket as Socket).destroy();
    return answer as IncomingMessage;
  });
  const answered = once(asked, 'response').then(([answer]) => answer as IncomingMessage);
  const answer = await Promise.race([upgraded, answered]);
  let text = '';
  if (answer.statusCode !== 101) for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode ?? 0, answer, text };
}

describe('Guard', () => {
  test.each([
    ['our address', { host: '127.0.0.1:PORT' }, 200],
    ['localhost', { host: 'localhost:PORT' }, 200],
    ['localhost in capitals', { host: 'LOCALHOST:PORT' }, 200],
    ['IPv6 loopback', { host: '[::1]:PORT' }, 200],
    ['a name that was given', { host: 'lines.example.com' }, 200],
    ['that name and the port of HTTPS', { host: 'lines.example.com:443' }, 200],
    ['that name and our port', { host: 'lines.example.com:PORT' }, 200],
    ['a name given with its port', { host: 'other:99' }, 200],
    ['a name given with its port, without it', { host: 'other' }, 421],
    ['evil.example', { host: 'evil.example:PORT' }, 421],
    [
      'evil.example and its own origin',
      { host: 'evil.example:PORT', origin: 'http://evil.example:PORT' },
      421,
    ],
    ['our address and another port', { host: '127.0.0.1:1' }, 421],
    ['our address and no port', { host: '127.0.0.1' }, 421],
    ['a name that begins as ours', { host: '127.0.0.1:PORT.evil.example' }, 421],
    ['our origin', { host: '127.0.0.1:PORT', origin: 'http://127.0.0.1:PORT' }, 200],
    ['a foreign origin', { host: '127.0.0.1:PORT', origin: 'http://evil.example' }, 403],
    ['origin null', { host: '127.0.0.1:PORT', origin: 'null' }, 403],
  ])('Guard: a request for %s is %o: %i', async (_, headers, want) => {
    expect((await ask(await served(), { headers })).status).toBe(want);
  });

  test.each(['/healthz', '/readyz'])('Guard: %s is for everybody', async (path) => {
    expect((await ask(await served(), { path, headers: { host: 'evil.example' } })).status).not.toBe(421);
  });

  test.each([
    { path: '/healthz', status: 200, text: /^ok$/m },
    { path: '/readyz', status: 503, text: /^not ready/ },
    { path: '/', status: 200, text: /./ },
    { path: '/elsewhere', status: 404, text: /^Not found/ },
  ])('Guard: a request for $path that offers HTTP/2 is answered: $status', async ({ path, status, text }) => {
    const h2c = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
    const answered = await ask(await served(), { path, headers: { host: '127.0.0.1:PORT', ...h2c } });
    expect(answered).toMatchObject({ status, text: expect.stringMatching(text) as string });
    expect(answered.answer.headers.connection).toBe('close');
  });

  test.each(['/metrics', '/'])('Guard: %s is not for evil.example', async (path) => {
    expect(await ask(await served(), { path, headers: { host: 'evil.example' } })).toMatchObject({
      status: 421,
      text: 'Not a name of this server: start it with --page-host NAME\n',
    });
  });

  test.each([
    ['our origin', { origin: 'http://127.0.0.1:PORT' }, 101],
    ['our origin, same-origin', { origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'same-origin' }, 101],
    ['no origin', {}, 403],
    ['no origin and the token', { authorization: 'Bearer s3cret' }, 101],
    ['no origin and a wrong token', { authorization: 'Bearer guess' }, 403],
    [
      'a foreign origin and the token',
      { authorization: 'Bearer s3cret', origin: 'http://evil.example' },
      403,
    ],
    ['origin null', { origin: 'null' }, 403],
    ['an empty origin', { origin: '' }, 403],
    ['a foreign origin', { origin: 'http://evil.example:PORT' }, 403],
    ['another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['localhost for 127.0.0.1', { origin: 'http://localhost:PORT' }, 403],
    ['a user in front', { origin: 'http://127.0.0.1:PORT@evil.example' }, 403],
    ['a path behind', { origin: 'http://127.0.0.1:PORT/' }, 403],
    ['another scheme', { origin: 'file://127.0.0.1:PORT' }, 403],
    ['cross-site', { origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'cross-site' }, 403],
    ['same-site', { origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'same-site' }, 403],
    ['an evil host', { host: 'evil.example:PORT', origin: 'http://evil.example:PORT' }, 421],
    ['HTTPS in front, default port', { host: 'lines.example.com', origin: 'https://lines.example.com' }, 101],
    [
      'HTTPS in front, port named',
      { host: 'lines.example.com:443', origin: 'https://lines.example.com' },
      101,
    ],
    ['HTTP for HTTPS', { host: 'lines.example.com:443', origin: 'http://lines.example.com' }, 403],
  ])('Guard: an upgrade with %s is %o: %i', async (_, headers, want) => {
    const filled = { host: '127.0.0.1:PORT', ...UPGRADE, ...headers };
    expect((await ask(await served(), { path: '/watch', headers: filled })).status).toBe(want);
  });

  test.each([
    ['/', 200],
    ['/healthz', 200],
    ['/gone', 404],
    ['/../package.json', 404],
    ['/%2e%2e/package.json', 404],
    ['/.env', 404],
  ])('PAGE_HEADERS: %s is %i, and nothing from elsewhere may run, show or frame it', async (path, status) => {
    const { answer } = await ask(await served(), { path, headers: { host: '127.0.0.1:PORT' } });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
    const policy = answer.headers['content-security-policy'];
    for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"])
      expect(policy).toContain(rule);
    expect(policy).not.toContain('unsafe');
  });

  test('Page: POST is refused, and an upgrade to nowhere is not found', async () => {
    const page = await served();
    const host = '127.0.0.1:PORT';
    expect((await ask(page, { method: 'POST', headers: { host } })).status).toBe(405);
    const upgrade = { host, origin: 'http://127.0.0.1:PORT', ...UPGRADE };
    expect((await ask(page, { path: '/elsewhere', headers: upgrade })).status).toBe(404);
    expect((await ask(page, { path: '//', headers: upgrade })).status).toBe(404);
  });

  test('Page: /bridge is missing with --page watch', async () => {
    const page = await pageOf(createServer({}, new MemoryListener()), { page: 'watch' });
    const headers = { host: '127.0.0.1:PORT', origin: 'http://127.0.0.1:PORT', ...UPGRADE };
    expect((await ask(page, { path: '/bridge', headers })).status).toBe(404);
    expect((await ask(page, { path: '/watch', headers })).status).toBe(101);
  });

  test('Page: without its files it does not start', async () => {
    const { Page } = await import('../../../src/observe/watch/page.ts');
    const server = createServer({}, new MemoryListener());
    const gone = join(folder(), 'gone');
    const made = (): unknown =>
      new Page(server, {
        page: 'join',
        folder: gone,
        names: [],
        secret: undefined,
        loopMs: () => 0,
      });
    expect(made).toThrow(
      `Cannot start with page join: its files are not in ${gone}. Build them, or leave out the option`,
    );
  });
});
