import { connect, type Socket } from 'node:net';

/** Opens a TCP connection to a server on this machine. It reads, and does not end its stream by itself. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  socket.on('error', () => {});
  socket.resume();
  await new Promise((resolve) => void socket.once('connect', resolve));
  return socket;
}
