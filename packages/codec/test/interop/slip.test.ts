import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { frames } from '../../src/node/index.ts';
import { slip } from '../../src/stuffed/index.ts';
import { isInstalled } from './peer.ts';

const COUNT = 1500;
const WAITING = 8;
const KNOCK = 0xffff;

/** Runs a program on a terminal of its own, which is stdin and stdout here. */
const ON_TERMINAL = `
import os, pty, select, sys, tty
child, master = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
tty.setraw(master)
while True:
    for source in select.select([0, master], [], [])[0]:
        data = os.read(source, 1024)
        if not data:
            sys.exit()
        to = master if source == 0 else 1
        while data:
            data = data[os.write(to, data):]
`;

/** The bytes that SLIP escapes, and others, of every length up to 500. */
const payload = (index: number): Buffer =>
  Buffer.from(
    Array.from(
      { length: index % 500 },
      (_, at) => [0xc0, 0xdb, 0xdc, 0xdd, index & 0xff, at & 0xff][(index * at) % 6]!,
    ),
  );

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An IPv4 packet that holds an ICMP echo request (RFC 791, RFC 792). */
function echoRequest(index: number): Buffer {
  const icmp = Buffer.concat([Buffer.from([8, 0, 0, 0, 0, 7, index >> 8, index & 0xff]), payload(index)]);
  icmp.writeUInt16BE(checksum(icmp), 2);
  const ip = Buffer.from([0x45, 0, 0, 0, 0, 1, 0, 0, 64, 1, 0, 0, 10, 0, 2, 15, 10, 0, 2, 2]);
  ip.writeUInt16BE(ip.length + icmp.length, 2);
  ip.writeUInt16BE(checksum(ip), 10);
  return Buffer.concat([ip, icmp]);
}

test.runIf(isInstalled('sh', ['-c', 'command -v slirp-fullbolt python3'], 'slirp'))(
  'slirp: echo requests out, replies in, on a terminal',
  { timeout: 60_000 },
  async () => {
    const peer = spawn('python3', ['-c', ON_TERMINAL, 'slirp-fullbolt'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(async () => {
      // Without input, the terminal closes, and what runs on it ends.
      peer.stdin.end();
      if (peer.exitCode === null) await once(peer, 'exit');
    });
    const framing = slip({ maxFrameBytes: 1500 });
    let sent = 0;
    const send = (): void => void (sent < COUNT && peer.stdin.write(framing.encode(echoRequest(sent++))));
    // What comes before it is ready is lost.
    const knock = setInterval(() => peer.stdin.write(framing.encode(echoRequest(KNOCK))), 50);
    onTestFinished(() => clearInterval(knock));
    const got: Buffer[] = [];
    const others: unknown[] = [];
    for await (const frame of frames(peer.stdout, framing)) {
      // It greets in plain text.
      if (!(frame instanceof Uint8Array) || frame[0] !== 0x45) others.push(frame);
      else {
        const packet = Buffer.from(frame);
        if (sent === 0) for (let count = 0; count < WAITING; count++) send();
        clearInterval(knock);
        if (packet.readUInt16BE(26) === KNOCK) continue;
        expect([checksum(packet.subarray(0, 20)), checksum(packet.subarray(20)), packet[20]]).toEqual([
          0, 0, 0,
        ]);
        got.push(packet.subarray(28));
        send();
      }
      if (got.length === COUNT) break;
    }
    expect(others.length).toBeLessThan(2);
    expect(got.every((bytes, index) => bytes.equals(payload(index)))).toBe(true);
  },
);
