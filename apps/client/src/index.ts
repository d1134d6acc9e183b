export type { Client, Incoming } from './library/client.ts';
export { ClientError, type ClientErrorCode, type ClientErrorFacts } from './dial/client-error.ts';
export { connect, type ConnectOptions } from './library/connect.ts';
export type { Answer } from './library/conversation.ts';
export type { TlsOptions } from './dial/dial.ts';
export type { Ending } from './library/ending.ts';
export type { Lost } from './library/inbox.ts';
