import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Files of one certificate. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Certificates of a test file, made by openssl in a folder of their own, which goes after the last test. */
export class Certificates {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'proto-tls-'));
  /** What clients trust, and what their own certificates are signed by. */
  readonly authority: Pair;
  /** Of `localhost` and 127.0.0.1. */
  readonly server: Pair;
  #made = 0;

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true }));
    this.authority = this.authorityCalled('Proto Test');
    this.server = this.signed(this.authority, 'localhost');
  }

  /** A path for a file of the test's own. */
  at(name: string): string {
    return join(this.folder, name);
  }

  authorityCalled(name: string): Pair {
    const pair = this.#pair();
    const constraints = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=keyCertSign'];
    openssl(
      'req',
      '-x509',
      ...newKey(pair),
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
      '-out',
      pair.cert,
      ...constraints,
    );
    return pair;
  }

  /** `days`: that it is valid; -1 for one that has expired. */
  signed(by: Pair, name: string, days = 30): Pair {
    const pair = this.#pair();
    const request = `${pair.cert}.csr`;
    openssl('req', ...newKey(pair), '-subj', `/CN=${name}`, '-out', request);
    const extensions = `${pair.cert}.ext`;
    writeFileSync(extensions, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const signer = ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial', '-extfile', extensions];
    openssl('x509', '-req', '-in', request, ...signer, '-days', String(days), '-out', pair.cert);
    return pair;
  }

  #pair(): Pair {
    const name = this.at(String(++this.#made));
    return { cert: `${name}.crt`, key: `${name}.key` };
  }
}

function newKey({ key }: Pair): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
