import { nkeys } from '@nats-io/transport-node';

type Key = ReturnType<typeof nkeys.createAccount>;

/** A NATS configuration that asks for credentials, and the file of a user of an account with JetStream. */
export interface Accounts {
  /** Lines of the configuration. */
  readonly config: string;
  /** As `nsc generate creds` writes it. */
  readonly creds: string;
  /** The same of a user of another operator. */
  readonly foreign: string;
  /** What must not be shown. */
  readonly secrets: readonly string[];
}

/** An operator with two accounts: one for the system, which JetStream wants, and one with a user. */
export function accounts(): Accounts {
  const [operator, system, account] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createAccount()];
  const systemId = system.getPublicKey();
  const none = -1;
  const limits = { subs: none, data: none, payload: none, imports: none, exports: none, wildcards: true };
  const open = { ...limits, conn: none, leaf: none, mem_storage: none, disk_storage: none, streams: none };
  const texts = {
    operator: jwt(operator, operator, 'operator', { system_account: systemId }),
    system: jwt(operator, system, 'account', { limits: { ...limits, conn: none, leaf: none } }),
    account: jwt(operator, account, 'account', { limits: { ...open, consumer: none } }),
  };
  const config = [
    `operator: ${texts.operator}`,
    `system_account: ${systemId}`,
    'resolver: MEMORY',
    `resolver_preload: { ${systemId}: ${texts.system}, ${account.getPublicKey()}: ${texts.account} }`,
  ];
  const [creds, foreign] = [credsOf(account), credsOf(nkeys.createAccount())];
  return {
    config: config.join('\n'),
    creds: creds.file,
    foreign: foreign.file,
    secrets: [creds.seed],
  };
}

function credsOf(account: Key): { file: string; seed: string } {
  const user = nkeys.createUser();
  const seed = new TextDecoder().decode(user.getSeed());
  const text = jwt(account, user, 'user', { subs: -1, data: -1, payload: -1 });
  const parts = ['-----BEGIN NATS USER JWT-----', text, '------END NATS USER JWT------', ''];
  parts.push('-----BEGIN USER NKEY SEED-----', seed, '------END USER NKEY SEED------', '');
  return { file: parts.join('\n'), seed };
}

/** What `by` says of `of`, signed. */
function jwt(by: Key, of: Key, type: 'operator' | 'account' | 'user', nats: object): string {
  const [iss, sub] = [by.getPublicKey(), of.getPublicKey()];
  const claims = { jti: sub, iat: 1_700_000_000, iss, name: type, sub, nats: { ...nats, type, version: 2 } };
  const head = { typ: 'JWT', alg: 'ed25519-nkey' };
  const text = [head, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${Buffer.from(by.sign(Buffer.from(text))).toString('base64url')}`;
}
