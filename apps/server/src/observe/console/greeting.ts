import type { Settings } from '../../options/options.ts';

/** `npm run client` exists only in a clone of the repository. */
const IS_INSTALLED = import.meta.url.includes('/node_modules/');

/** How a client connects to a server that listens there. */
export function howToJoin(settings: Settings, address: string): string {
  const { framing, socket, tlsCert, tlsCa, tokenFile } = settings;
  const flags = [
    ...(framing === 'chunk' ? ['--classic'] : []),
    ...(tlsCert === 'none' ? [] : ['--tls']),
    ...(tlsCa === 'none' ? [] : ['--tls-cert FILE --tls-key FILE']),
    ...(tokenFile === 'none' ? [] : ['--token-file FILE']),
    ...(socket === 'none' ? [] : ['--socket']),
  ];
  const words = IS_INSTALLED
    ? ['npx -p @proto/client proto-client', ...flags]
    : ['npm run client', ...(flags.length > 0 ? ['--', ...flags] : [])];
  const client = ['join with:', ...words, address].join(' ');
  if (tlsCert !== 'none') return `${client}, or: openssl s_client -quiet -connect ${address}`;
  return socket === 'none'
    ? `${client}, or: nc ${address.replace(/:(\d+)$/, ' $1')}`
    : `${client}, or: nc -U ${address}`;
}

/** The rules of this server. */
export function rules(settings: Settings): string {
  const { order, deliver, transform, clients, quit, framing, events } = settings;
  const made = typeof transform === 'function' ? 'a module' : transform;
  const classic = framing === 'chunk' || events === 'off' ? `, framing ${framing}, events ${events}` : '';
  return `order ${order}, deliver ${deliver}, transform ${made}, ${clients} to start, a quit closes ${quit}${classic}`;
}
