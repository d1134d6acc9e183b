import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { readText, whyUnread } from '../text/file-text.ts';
import { OptionError } from '../options/options.ts';

/** Paths of PEM files; `none` for none. */
export interface TlsFiles {
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly tlsCa: string;
}

/** Their contents. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  /** One line for each thing that works, although the configuration is unsafe. */
  readonly warnings: readonly string[];
}

/** The largest file that is read. */
export const MAX_PEM_BYTES = 1_048_576;
const DAY_MS = 86_400_000;

/**
 * Reads the certificate, the private key and the certificates that sign those of clients, and checks that they match.
 *
 * Errors: rejects with an `OptionError` that names the option, the file and what to do.
 */
export async function readCertificates(files: TlsFiles): Promise<Certificates> {
  const warnings: string[] = [];
  const cert = await read('tlsCert', files.tlsCert);
  const key = await read('tlsKey', files.tlsKey);
  const own = certificate('tlsCert', files.tlsCert, cert.text);
  const secret = privateKey(files.tlsKey, key.text);
  if (!own.checkPrivateKey(secret)) {
    throw cannot('tlsKey', files.tlsKey, `it is not the key of ${files.tlsCert}. Pass a matching pair`);
  }
  if (key.isOpenToAll) warnings.push(`Anyone on this machine can read the key ${files.tlsKey}: chmod 600 it`);
  warnings.push(...agedly(own, files.tlsCert));
  const ca = files.tlsCa === 'none' ? undefined : (await read('tlsCa', files.tlsCa)).text;
  if (ca !== undefined) certificate('tlsCa', files.tlsCa, ca);
  const certificates = { cert: cert.text, key: key.text, ...(ca !== undefined && { ca }), warnings };
  try {
    // What follows the first certificate is checked only here.
    createSecureContext(certificates);
  } catch (error) {
    throw cannot('tlsCert', files.tlsCert, `it cannot be used: ${(error as Error).message}`, error);
  }
  return certificates;
}

async function read(key: keyof TlsFiles, path: string): Promise<{ text: string; isOpenToAll: boolean }> {
  try {
    return await readText(path, MAX_PEM_BYTES);
  } catch (error) {
    throw cannot(key, path, whyUnread(error), error);
  }
}

function certificate(key: 'tlsCert' | 'tlsCa', path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw cannot(key, path, 'it contains no certificate. Expected PEM: -----BEGIN CERTIFICATE-----', error);
  }
}

function privateKey(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const isEncrypted = pem.includes('ENCRYPTED');
    const state = isEncrypted
      ? 'it is encrypted. Pass one without a passphrase, and keep others from reading it'
      : 'it contains no private key. Expected PEM: -----BEGIN PRIVATE KEY-----';
    throw cannot('tlsKey', path, state, error);
  }
}

function agedly({ validFrom, validTo }: X509Certificate, path: string): string[] {
  const now = Date.now();
  const left = Date.parse(validTo) - now;
  if (left < 0) return [`The certificate ${path} expired on ${validTo}: clients will refuse it. Renew it`];
  if (Date.parse(validFrom) > now) return [`The certificate ${path} is valid only from ${validFrom}`];
  if (left < 7 * DAY_MS) return [`The certificate ${path} expires on ${validTo}. Renew it, then send SIGHUP`];
  return [];
}

function cannot(key: keyof TlsFiles, path: string, state: string, cause?: unknown): OptionError {
  return new OptionError(`${path}: ${state}`, { key, cause });
}
