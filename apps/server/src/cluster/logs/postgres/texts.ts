/** An error of the server, as `pg` makes it. */
export function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** What is wrong and what to do, by the code of the server. */
const BY_CODE: Readonly<Record<string, (url: URL, message: string) => string>> = {
  '25006': () =>
    'it is read-only, as a standby is. Give the address of the primary, one that can be written to',
  '28000': () => NO_LOGIN,
  '28P01': () => NO_LOGIN,
  '3D000': ({ pathname }) =>
    `it has no database ${pathname.slice(1)}. Make it with \`createdb ${pathname.slice(1)}\``,
  '42501': ({ username }, message) =>
    `${message}. As its owner: GRANT CREATE ON SCHEMA public TO ${username || 'the user'}, or make the user the owner of the tables`,
  '53100': (_, message) => `its disk is full: ${message}. Free space there`,
  '53300': (_, message) => `${message}. Raise max_connections there: each node needs two`,
};

const NO_LOGIN = 'it refuses the user or the password. Give them in the address, or as PGUSER and PGPASSWORD';

const NO_ANSWER = 'no server answers. Start PostgreSQL there, or check the address';

/** What is wrong with TLS, or with a file that is named in the address; `undefined`: nothing of that kind. */
function tlsText(message: string): string | undefined {
  if (/certificate|altnames/i.test(message)) {
    const how =
      'Name the file of its authority: ?sslmode=verify-full&sslrootcert=FILE, or NODE_EXTRA_CA_CERTS';
    return `its certificate is not trusted: "${message}". ${how}`;
  }
  if (/does not support SSL/.test(message)) return 'it has no TLS. Turn it on there, or leave out sslmode';
  if (/^E[A-Z]+: .*, open /.test(message)) return `a file that the address names cannot be read: ${message}`;
  return undefined;
}

/** Says what is wrong, and what to do. `code`: of the server or the system. */
export function stateText(url: URL, code: string | undefined, message: string): string {
  const tls = tlsText(message);
  if (tls !== undefined) return tls;
  if (code !== undefined && code in BY_CODE) return BY_CODE[code]!(url, message);
  if (/password/.test(message)) return NO_LOGIN;
  // A code of the server has five characters, and begins with a digit or with one of a few letters.
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && code !== '57P03') return message;
  return NO_ANSWER;
}

/** Whether another try may help. */
export function mayPass(code: string | undefined, message: string): boolean {
  if (/password/.test(message) || tlsText(message) !== undefined) return false;
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return true;
  // It starts or ends; two nodes made the tables at the same time; too many connections.
  return ['57P01', '57P03', '23505', '42P07', '40001', '53300'].includes(code);
}
