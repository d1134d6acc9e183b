import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { isFault, lines } from '@proto/codec';
import { frames } from '@proto/codec/node';
import { presets } from '@proto/codec/presets';

const MOST_ERRORS = 10;
const MOST_VOLTS = 30;
const SAMPLES = 2048;

const framing = lines(presets.scpi);

/** A simulated oscilloscope with a voltage source. Its state is the same for all connections, as that of a real one. */
class Instrument {
  readonly #errors: string[] = [];
  #volts = 0;

  /** By their headers, as a manual writes them: the capitals are the short form. */
  readonly #commands: readonly [header: RegExp, run: (value: string) => string | Uint8Array | void][] = [
    [header('*IDN?'), () => 'ACME,SCOPE-2,0001,1.0'],
    [header('*RST'), () => void (this.#volts = 0)],
    [header('*CLS'), () => void (this.#errors.length = 0)],
    [header('SYSTem:ERRor?'), () => this.#errors.shift() ?? '0,"No error"'],
    [header('SOURce:VOLTage'), (value) => this.#set(value)],
    [header('MEASure:VOLTage?'), () => this.#volts.toExponential(3)],
    [header('CURVe?'), () => block(wave(this.#volts))],
  ];

  /** Gives the answer of a query. There is none to a command, or to what isn't understood: that becomes an error. */
  execute(line: string): string | Uint8Array | void {
    const [name = '', value = ''] = line.trim().split(/\s+/, 2);
    const [, run] = this.#commands.find(([pattern]) => pattern.test(name)) ?? [];
    return run === undefined ? this.fail('-113,"Undefined header"') : run(value);
  }

  /** Keeps an error until somebody asks for it. */
  fail(error: string): void {
    if (this.#errors.length < MOST_ERRORS) this.#errors.push(error);
    else this.#errors[MOST_ERRORS - 1] = '-350,"Queue overflow"';
  }

  #set(value: string): void {
    const volts = Number(value);
    if (value === '') this.fail('-109,"Missing parameter"');
    else if (Number.isNaN(volts)) this.fail('-104,"Data type error"');
    else if (volts < 0 || volts > MOST_VOLTS) this.fail('-222,"Data out of range"');
    else this.#volts = volts;
  }
}

/** Makes the server of an instrument. SCPI over TCP has port 5025. */
export function createInstrument(): Server {
  const instrument = new Instrument();
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    serve(socket, instrument).catch(() => socket.destroy()); // a peer may reset the connection at any time
  });
}

async function serve(socket: Socket, instrument: Instrument): Promise<void> {
  for await (const frame of frames(socket, framing)) {
    const answer = isFault(frame) ? instrument.fail('-101,"Invalid character"') : instrument.execute(frame);
    if (answer === undefined) continue;
    const bytes =
      typeof answer === 'string' ? framing.encode(answer) : Buffer.concat([answer, Buffer.from('\n')]);
    if (!socket.write(bytes)) await once(socket, 'drain');
  }
  socket.end();
}

/** `SYSTem:ERRor?` matches `SYST:ERR?`, `system:error?` and `:SYST:ERR?`, but not `SYSTE:ERR?`. */
function header(manual: string): RegExp {
  const source = manual.replace(/[*?]/g, String.raw`\$&`).replace(/[a-z]+/g, '(?:$&)?');
  return new RegExp(`^:?${source}$`, 'i');
}

/** A definite length block: `#42048` says that four digits follow, and that they say 2,048 bytes. */
function block(bytes: Uint8Array): Uint8Array {
  const size = String(bytes.length);
  return Buffer.concat([Buffer.from(`#${size.length}${size}`), bytes]);
}

/** Two periods. A byte is a sample: 0 is -32 V, 255 is nearly 32 V. Some of them are line ends. */
function wave(volts: number): Uint8Array {
  return Uint8Array.from({ length: SAMPLES }, (_, at) => {
    return Math.round(128 + 4 * volts * Math.sin((4 * Math.PI * at) / SAMPLES));
  });
}
