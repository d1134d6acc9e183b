import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key: texts, and the files they are in. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** An authority of the tests' own, in a folder of its own, until the scope ends. */
export class Authority implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'certificates-'));
  readonly root: Certificate;

  constructor() {
    this.#key('root');
    this.#openssl('req -x509 -new -key root.key -days 1 -subj /CN=tests -out root.pem');
    this.root = this.#read('root');
  }

  /** Signs for a name. `days`: below 0, it has expired. */
  sign(file: string, names: string, days = 1): Certificate {
    this.#key(file);
    writeFileSync(join(this.folder, 'names'), `subjectAltName=${names}\n`);
    this.#openssl(`req -new -key ${file}.key -subj /CN=${file} -out ${file}.csr`);
    const by = '-CA root.pem -CAkey root.key -CAcreateserial -extfile names';
    this.#openssl(`x509 -req -in ${file}.csr ${by} -days ${days} -out ${file}.pem`);
    return this.#read(file);
  }

  /** Writes a file of the folder, and gives its path. */
  write(file: string, text: string): string {
    writeFileSync(join(this.folder, file), text);
    return join(this.folder, file);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }

  #key(file: string): void {
    this.#openssl(`ecparam -genkey -name prime256v1 -noout -out ${file}.key`);
  }

  #openssl(args: string): void {
    execFileSync('openssl', args.split(' '), { cwd: this.folder, stdio: 'ignore' });
  }

  #read(file: string): Certificate {
    const [certFile, keyFile] = [join(this.folder, `${file}.pem`), join(this.folder, `${file}.key`)];
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile };
  }
}
