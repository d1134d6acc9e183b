import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { figure } from '../../faults/figure.ts';
import { start } from '../command.ts';

/** Every TCP and UDP socket of a process that others can reach, as the kernel lists it: `7F000001:1A15`. */
function openTo(pid: number): string[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'latin1')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((row) => own.has(row[9] ?? '') && (row[3] === '0A' || table.startsWith('udp')))
      .map((row) => `${table} ${row[1]}`),
  );
}

test.runIf(process.platform === 'linux')(
  'F26: without flags it listens on 127.0.0.1 and on nothing else',
  async () => {
    const { child, port } = await start();
    const open = openTo(child.pid);
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    expect(open).toEqual([`tcp 0100007F:${hex}`]);
    figure({ id: 'F26', what: 'listening sockets', value: open.length, unit: '', atLeast: 1, atMost: 1 });
  },
);
