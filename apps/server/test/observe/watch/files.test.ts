import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createServer, MemoryListener } from '../../../src/index.ts';
import { serveHttp } from '../../../src/observe/http.ts';
import { Page } from '../../../src/observe/watch/page.ts';
import { folder } from './page-of.ts';

/** A page of a few files, and how to ask for one. */
async function paged(): Promise<{
  path: string;
  get: (name: string, init?: RequestInit) => Promise<Response>;
}> {
  const path = folder();
  mkdirSync(join(path, 'assets'));
  writeFileSync(join(path, 'index.html'), '<!doctype html>');
  writeFileSync(join(path, 'assets/page.js'), 'go();');
  writeFileSync(join(path, 'assets/page.css'), 'p{}');
  writeFileSync(join(path, 'assets/a.woff2'), Buffer.of(0, 255));
  const server = createServer({}, new MemoryListener());
  const page = new Page(server, {
    page: 'watch',
    folder: path,
    names: [],
    secret: undefined,
    loopMs: () => 0,
  });
  const endpoint = await serveHttp(server, { address: '127.0.0.1:0', metrics: [], page });
  onTestFinished(() => endpoint.close());
  return { path, get: (name, init) => fetch(`http://${endpoint.address}${name}`, init) };
}

describe('files of the page', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', '<!doctype html>'],
    ['/index.html', 'text/html; charset=utf-8', '<!doctype html>'],
    ['/?live', 'text/html; charset=utf-8', '<!doctype html>'],
    ['/assets/page.js', 'text/javascript; charset=utf-8', 'go();'],
    ['/assets/page.css', 'text/css; charset=utf-8', 'p{}'],
    ['/assets/a.woff2', 'font/woff2', '\0\ufffd'],
  ])('filesIn: %s is %s', async (name, type, text) => {
    const { get } = await paged();
    const answer = await get(name);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(await answer.text()).toBe(text);
  });

  test('filesIn: HEAD has no body, and one that is there already is not sent again', async () => {
    const { get } = await paged();
    const head = await get('/assets/page.js', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', '']);
    const headers = { 'if-none-match': head.headers.get('etag') ?? '' };
    const again = await get('/assets/page.js', { headers });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await get('/assets/page.css', { headers })).status).toBe(200);
  });

  test('filesIn: files that are gone or new since the start change nothing', async () => {
    const { path, get } = await paged();
    rmSync(join(path, 'index.html'));
    writeFileSync(join(path, 'new.html'), 'new');
    expect(await (await get('/')).text()).toBe('<!doctype html>');
    expect((await get('/new.html')).status).toBe(404);
  });
});
