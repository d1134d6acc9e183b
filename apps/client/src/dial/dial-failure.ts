/** Why a connection did not come about, as Node says it. */
export interface DialFailure extends NodeJS.ErrnoException {
  /** What OpenSSL says. */
  readonly reason?: string;
  /** The certificate, where it is for somebody else. */
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } };
}

const STATES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there. Start the server, or say another host:port',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve now',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'nobody answers there',
  ECONNRESET: 'the connection was reset',
  ENOENT: 'there is no such socket. Start the server, or say another path',
  ENOTSOCK: 'that is no socket',
  EACCES: 'this user may not',
  ENAMETOOLONG: 'the path is longer than a socket may have',
};

/** What is the matter, in words. */
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

/** Why there is a server and no secure connection to it, and what to do; `undefined`: there is no server. */
export function whyInsecure(failure: DialFailure, name: string): string | undefined {
  const { code = '', cert } = failure;
  if (UNTRUSTED.has(code)) {
    return `nobody this machine trusts has signed its certificate (${code}). If you do, pass the signer's own: --tls-ca FILE`;
  }
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired. The server needs a new one';
  if (code === 'CERT_NOT_YET_VALID')
    return 'its certificate is not valid yet. Look at the clocks of both machines';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = cert?.subjectaltname ?? cert?.subject?.CN ?? 'nobody';
    return `its certificate is for ${names}, and not for ${name}. Connect by such a name, or pass --tls-servername NAME`;
  }
  const isCut = code === 'ECONNRESET' && failure.message.includes('before secure TLS connection');
  if (isCut || code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return `it does not speak TLS, or none that this side takes (${isCut ? 'it hung up' : sslReason(failure)})`;
  }
  return undefined;
}

/** Why TLS ended a connection that was there, where it did. */
export function refusedBySsl(failure: DialFailure): string | undefined {
  if (!failure.code?.startsWith('ERR_SSL_')) return undefined;
  return `the server refused our certificate, or wants one (${sslReason(failure)}). Pass --tls-cert and --tls-key`;
}

function sslReason({ reason, code, message }: DialFailure): string {
  return reason ?? code ?? message;
}
