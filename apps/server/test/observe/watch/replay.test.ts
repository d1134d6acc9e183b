import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serveRecording } from '../../../src/observe/watch/replay.ts';
import { folder } from './page-of.ts';

const LIST = '<script type="application/json" id="lessons">[{"number":1}]</script>';

/** A page, and a recording with this text. */
function files(text: string): { page: string; recording: string } {
  const page = folder();
  writeFileSync(join(page, 'index.html'), `<!doctype html><body>${LIST}<div id="app"></div></body>`);
  writeFileSync(join(page, 'lesson-1.html'), 'a lesson');
  writeFileSync(join(page, 'lessons.json'), '[]');
  writeFileSync(join(page, 'page.js'), 'go();');
  const recording = join(folder(), 'session.jsonl');
  writeFileSync(recording, text);
  return { page, recording };
}

async function served(text: string): Promise<{ address: string; get: (path: string) => Promise<Response> }> {
  const { page, recording } = files(text);
  const endpoint = await serveRecording({
    recording,
    address: '127.0.0.1:0',
    folder: page,
    names: ['a.example'],
  });
  onTestFinished(() => endpoint.close());
  rmSync(recording);
  return { address: endpoint.address, get: (path) => fetch(`http://${endpoint.address}${path}`) };
}

/** The status of an answer to a request with any headers. */
function ask(address: string, method: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const [host, port] = address.split(':');
    request({ host, port, path: '/', method, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('serveRecording', () => {
  test('serveRecording: the page holds the recording, in which nothing ends its block', async () => {
    const { get } = await served('{"b":"</script><!--"}\ncaf\u00e9 "$&"\n');
    for (const path of ['/', '/index.html', '/?a']) {
      const answer = await get(path);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await answer.text()).toBe(
        String.raw`<!doctype html><body><div id="app"></div></body><script type="application/jsonl" id="recording">{"b":"\u003c/script>\u003c!--"}` +
          '\ncaf\u00e9 "$&"\n</script>',
      );
    }
    expect(await (await get('/page.js')).text()).toBe('go();');
  });

  test('serveRecording: serves nothing else', async () => {
    const { get } = await served('{}\n');
    for (const path of [
      '/lesson-1.html',
      '/lessons.json',
      '/metrics',
      '/healthz',
      '/readyz',
      '/watch',
      '/bridge',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  test('serveRecording: answers only requests for its own names, which change nothing', async () => {
    const { address } = await served('{}\n');
    const port = address.split(':')[1];
    expect(await ask(address, 'GET', { host: 'evil.example' })).toBe(421);
    expect(await ask(address, 'GET', { host: 'a.example' })).toBe(200);
    expect(await ask(address, 'GET', { host: `localhost:${port}`, origin: 'http://evil.example' })).toBe(403);
    expect(await ask(address, 'POST', { host: address })).toBe(405);
    const upgrade = { host: address, connection: 'upgrade', upgrade: 'websocket' };
    expect(await ask(address, 'GET', upgrade)).toBe(200);
  });

  test('serveRecording: a recording or a page that cannot be read is one clear error', async () => {
    const { page, recording } = files('{}\n');
    const refusal = (options: { recording?: string; folder?: string }): Promise<unknown> =>
      serveRecording({ recording, address: '127.0.0.1:0', folder: page, names: [], ...options }).catch(
        String,
      );
    expect(await refusal({ recording: '/missing' })).toBe(
      'OptionError: Cannot start with replay /missing: there is no such file',
    );
    expect(await refusal({ recording: page })).toBe(
      `OptionError: Cannot start with replay ${page}: it is a folder, expected a file`,
    );
    expect(await refusal({ recording: '/dev/null' })).toBe(
      'OptionError: Cannot start with replay /dev/null: it is not a file on a disk',
    );
    expect(await refusal({ folder: '/missing' })).toBe(
      `OptionError: Cannot start with replay ${recording}: its files are not in /missing. Build them, or leave out the option`,
    );
  });
});
