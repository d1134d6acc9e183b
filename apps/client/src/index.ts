export type { Client, Incoming } from './client.ts';
export { ClientError, type ClientErrorCode, type ClientErrorFacts } from './client-error.ts';
export { connect, type ConnectOptions } from './connect.ts';
export type { Answer } from './conversation.ts';
export type { TlsOptions } from './dial.ts';
export type { Ending } from './ending.ts';
export type { Lost } from './inbox.ts';
