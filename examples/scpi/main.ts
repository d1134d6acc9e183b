import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createInstrument } from './instrument.ts';
import { Scpi } from './scpi.ts';

async function main(): Promise<void> {
  const instrument = createInstrument().listen(0, '127.0.0.1');
  await once(instrument, 'listening');
  const { port } = instrument.address() as AddressInfo;
  try {
    await measure(await Scpi.connect(port, '127.0.0.1'));
    await misspell(await Scpi.connect(port, '127.0.0.1', { timeoutMs: 200 }));
    await lookUp(await Scpi.connect(port, '127.0.0.1'));
  } finally {
    instrument.close();
  }
}

async function measure(scope: Scpi): Promise<void> {
  console.log('*IDN?', await scope.ask('*IDN?'));
  await scope.say('SOUR:VOLT 30');
  console.log('MEAS:VOLT?', await scope.ask('MEAS:VOLT?'));

  const wave = await scope.askBlock('CURV?');
  const lineEnds = wave.filter((sample) => sample === 0x0a).length;
  console.log('CURV?', `${wave.length} bytes, and ${lineEnds} of them look like line ends`);

  await scope.say('SOUR:VOLT 500');
  console.log('errors', await scope.errors());
  await scope.close();
}

/** An instrument says nothing to a query that it doesn't know. */
async function misspell(scope: Scpi): Promise<void> {
  await scope.ask('MEAS:VOLTS?').catch((error: Error) => console.log(error.message));
}

async function lookUp(scope: Scpi): Promise<void> {
  console.log('errors', await scope.errors());
  await scope.close();
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
