import { type ChildProcess, spawn } from 'node:child_process';

// Node cannot make the buffers of a socket small. With the usual ones, megabytes fit into them.
const PROGRAM = `
import socket, sys
client = socket.socket()
client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 400)
client.connect(('127.0.0.1', int(sys.argv[1])))
sys.stdin.read()
`;

/** A client with small buffers that reads nothing, until it is killed. It needs `python3`. */
export function deafClient(port: number): ChildProcess {
  return spawn('python3', ['-c', PROGRAM, String(port)], { stdio: ['pipe', 'inherit', 'inherit'] });
}
