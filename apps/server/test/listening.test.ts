import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createServer } from '../src/index.ts';
import { dial } from './peer.ts';

test.each([0, 1, 2, 3, 5, 8, 20])(
  'server: close %d steps after listen: the address is free afterwards, and listen rejects if it was not done',
  async (steps) => {
    const folder = mkdtempSync(join(tmpdir(), 'proto-close-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'token'), 'a token of the test', { mode: 0o600 });
    for (const options of [
      { host: 'localhost', port: 0 },
      { host: 'localhost', port: 0, tokenFile: join(folder, 'token') },
      { socket: join(folder, 'socket') },
      { socket: join(folder, 'socket'), tokenFile: join(folder, 'token') },
    ]) {
      const server = createServer(options);
      const listening = server.listen().catch((error: Error) => error.message);
      for (let step = 0; step < steps; step++) await new Promise(setImmediate);
      await server.close();
      const address = await listening;
      expect(server.isAccepting).toBe(false);
      if (!address.startsWith('127.'))
        expect(address).toMatch(/^Cannot listen: the server has been closed$|socket$/);
      else await expect(dial(address)).rejects.toThrow('ECONNREFUSED');
      expect(existsSync(join(folder, 'socket'))).toBe(false);
      await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap'));
    }
  },
);
