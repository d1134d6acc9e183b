import type { Settings } from '../options/options.ts';
import type { AcceptOptions } from './accept.ts';
import type { Listener } from './listener.ts';
import { ProxyListener } from './proxy.ts';
import { TcpListener } from './tcp.ts';
import { TlsListener } from './tls.ts';
import { UnixListener } from './unix.ts';

export interface ListenerOptions extends AcceptOptions {
  /** An existing listener, instead of one for the address or the path. */
  readonly bound?: Listener;
}

/** The listener that the settings require. */
export function listenerFor(settings: Settings, { bound, maxConnections }: ListenerOptions = {}): Listener {
  const limit = maxConnections === undefined ? {} : { maxConnections };
  const { host, port, reusePort, socket, tlsCert, proxyProtocol } = settings;
  const plain =
    bound ??
    (socket === 'none'
      ? new TcpListener({ host, port, reusePort, ...limit })
      : new UnixListener({ socket, ...limit }));
  const told = proxyProtocol === 'off' ? plain : new ProxyListener(plain, settings);
  return tlsCert === 'none' ? told : new TlsListener(told, settings);
}
