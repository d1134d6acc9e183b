import { describe, expect, test } from 'vitest';
import { Admission, networkOf } from '../../src/transport/admission.ts';

describe('Admission', () => {
  test.each([
    { host: '192.0.2.1', network: '192.0.2.1' },
    { host: '2001:db8:1:2:3:4:5:6', network: '2001:db8:1:2::/64' },
    { host: '2001:DB8:1:2::', network: '2001:db8:1:2::/64' },
    { host: '2001:db8::7', network: '2001:db8:0:0::/64' },
    { host: '::1', network: '0:0:0:0::/64' },
    { host: '1:2:3:4:5::', network: '1:2:3:4::/64' },
    { host: '1::5:6:7:8', network: '1:0:0:0::/64' },
    { host: '1::4:5:6:7:8', network: '1:0:0:4::/64' },
    { host: 'fe80::1%eth0', network: 'fe80:0:0:0::/64' },
    { host: '64:ff9b::192.0.2.1', network: '64:ff9b:0:0::/64' },
  ])('networkOf: $host is of $network', ({ host, network }) => {
    expect(networkOf(host)).toBe(network);
  });

  test('enter: a whole /64 is one, another one is another', () => {
    const admission = new Admission({ maxClients: 100, maxClientsPerAddress: 2 });
    expect(admission.enter('2001:db8::1')).toBeUndefined();
    expect(admission.enter('2001:db8::ffff:1')).toBeUndefined();
    expect(admission.enter('2001:db8::2')).toEqual({
      code: 'ADDRESS_FULL',
      text: 'Cannot let you in: 2 clients are connected from your network 2001:db8:0:0::/64',
    });
    expect(admission.enter('2001:db8:0:1::1')).toBeUndefined();
    admission.leave('2001:db8::1');
    expect(admission.enter('2001:db8::3')).toBeUndefined();
  });

  test('enter: clients on this machine are exempt only where that is said', () => {
    const limits = { maxClients: 100, maxClientsPerAddress: 1 };
    const [exempting, counting] = [
      new Admission({ ...limits, exemptsLoopback: true }),
      new Admission(limits),
    ];
    for (const host of ['127.0.0.2', '::1', 'unix']) {
      for (const admission of [exempting, counting]) expect(admission.enter(host)).toBeUndefined();
      expect(exempting.enter(host)).toBeUndefined();
      expect(counting.enter(host)).toMatchObject({ code: 'ADDRESS_FULL' });
    }
    expect(exempting.enter('192.0.2.1')).toBeUndefined();
    expect(exempting.enter('192.0.2.1')).toMatchObject({ code: 'ADDRESS_FULL' });
  });

  test('enter: exempt ones count for maxClients too', () => {
    const admission = new Admission({ maxClients: 1, maxClientsPerAddress: 1, exemptsLoopback: true });
    expect(admission.enter('127.0.0.1')).toBeUndefined();
    expect(admission.enter('127.0.0.1')).toMatchObject({ code: 'SERVER_FULL' });
  });
});
