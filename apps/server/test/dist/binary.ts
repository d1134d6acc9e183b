import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs the tests drive that do not come with Node, and the Debian package each is in. */
const PACKAGES = {
  haproxy: 'haproxy',
  'nc.openbsd': 'netcat-openbsd',
  ncat: 'ncat',
  openssl: 'openssl',
  promtool: 'prometheus',
  python3: 'python3',
  script: 'bsdutils',
  'systemd-analyze': 'systemd',
  'systemd-notify': 'systemd',
  'systemd-socket-activate': 'systemd',
  telnet: 'telnet',
} as const;

export type Binary = keyof typeof PACKAGES;

/** Says whether a test is to be skipped for want of a program, and prints why. In CI it throws. */
export function isMissing(binary: Binary): boolean {
  if (isThere(binary)) return false;
  const reason = `there is no ${binary} (Debian package ${PACKAGES[binary]})`;
  if (process.env['CI'] === 'true') throw new Error(`Cannot run these tests: ${reason}`);
  process.stdout.write(`SKIPPED: ${reason}\n`);
  return true;
}

function isThere(binary: Binary): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, binary), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
