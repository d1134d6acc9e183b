/** Why a connection failed, as Node reports it. */
export interface DialFailure extends NodeJS.ErrnoException {
  /** What OpenSSL reports. */
  readonly reason?: string;
  /** The certificate, if it is for another name. */
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } };
}

const STATES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no server is listening there. Start the server, or give another host:port',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name cannot be resolved right now',
  EHOSTUNREACH: 'there is no route to that host',
  ENETUNREACH: 'there is no route to that network',
  ETIMEDOUT: 'nothing answers there',
  ECONNRESET: 'the connection was reset',
  ENOENT: 'there is no such socket. Start the server, or give another path',
  ENOTSOCK: 'that is not a socket',
  EACCES: 'permission denied',
  ENAMETOOLONG: 'the path is too long for a socket',
};

/** What is wrong, in words. */
export function stateOf({ code = '', message }: DialFailure): string {
  return STATES[code] ?? message;
}

const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
]);

/** Why there is a server but no secure connection to it, and what to do; `undefined`: there is no server. */
export function whyInsecure(failure: DialFailure, name: string): string | undefined {
  const { code = '', cert } = failure;
  if (UNTRUSTED.has(code)) {
    return `its certificate is not signed by anyone this machine trusts (${code}). If you trust the signer, pass its certificate: --tls-ca FILE`;
  }
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired. The server needs a new one';
  if (code === 'CERT_NOT_YET_VALID')
    return 'its certificate is not valid yet. Check the clocks of both machines';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = cert?.subjectaltname ?? cert?.subject?.CN ?? 'nobody';
    return `its certificate is for ${names}, not for ${name}. Connect by that name, or pass --tls-servername NAME`;
  }
  const isCut = code === 'ECONNRESET' && failure.message.includes('before secure TLS connection');
  if (isCut || code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return `it does not speak TLS, or no version that this side accepts (${isCut ? 'it hung up' : sslReason(failure)})`;
  }
  return undefined;
}

/** Why TLS ended an open connection, if it did. */
export function refusedBySsl(failure: DialFailure): string | undefined {
  if (!failure.code?.startsWith('ERR_SSL_')) return undefined;
  return `the server refused our certificate, or requires one (${sslReason(failure)}). Pass --tls-cert and --tls-key`;
}

function sslReason({ reason, code, message }: DialFailure): string {
  return reason ?? code ?? message;
}
