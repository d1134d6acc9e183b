import { ERROR_CODES } from '@proto/protocol';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Counts } from '../events/counts.ts';
import { DROP_REASONS, type ServerLoad } from '../events/events.ts';
import { CUT_CODES } from '../transport/listener.ts';
import type { SharedStatus } from '../journal/journal.ts';
import type { Server } from '../server.ts';

/** From a pipelining client to a person who has gone to lunch. */
const WAIT_SECONDS = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800];

const REFUSALS = [
  'SERVER_FULL',
  'SERVER_AWAY',
  'SERVER_BUSY',
  'ADDRESS_FULL',
  'ADDRESS_BUSY',
  'BANNED',
  'AUTH_REQUIRED',
  'AUTH_FAILED',
  'CERTIFICATE_REFUSED',
] as const;

/** What operators can ask for that changes something. */
const COMMANDS = ['kick', 'ban', 'unban', 'say', 'quit', 'drain', 'reload', 'level'] as const;

const COUNTERS: readonly [keyof Counts, name: string, help: string][] = [
  ['clients', 'proto_clients_accepted_total', 'Clients let in.'],
  ['linesIn', 'proto_received_lines_total', 'Lines read, including commands and lines at fault.'],
  ['linesOut', 'proto_sent_lines_total', 'Lines sent, counted once for each recipient.'],
  ['bytesIn', 'proto_received_bytes_total', 'Bytes read, including discarded ones.'],
  ['bytesOut', 'proto_sent_bytes_total', 'Bytes of the lines sent.'],
  ['skips', 'proto_turns_skipped_total', 'Strict order: turns that passed without a line.'],
  ['probes', 'proto_probes_total', 'Connections that ended before they said a line.'],
  ['telnetCommands', 'proto_telnet_commands_total', 'Commands of telnet, refused or ignored.'],
  [
    'pushbacks',
    'proto_memory_pushbacks_total',
    'How often memory became tight, and the largest clients were no longer read.',
  ],
];

const GAUGES: readonly [keyof ServerLoad, name: string, help: string][] = [
  ['clients', 'proto_clients', 'Clients connected.'],
  [
    'slowClients',
    'proto_slow_clients',
    'Clients whose outbox is more than half full: neither read nor served.',
  ],
  [
    'throttledClients',
    'proto_throttled_clients',
    'Clients that have sent more than they may, and are not read for a while.',
  ],
  ['rooms', 'proto_rooms', 'Rooms.'],
  ['queuedLines', 'proto_queued_lines', 'Lines waiting for their turn.'],
  ['outboxBytes', 'proto_outbox_bytes', 'Bytes charged for lines that no socket has taken yet.'],
  ['memoryBytes', 'proto_memory_bytes', 'Bytes that queues and outboxes hold.'],
];

/**
 * The metrics of one server, in its own registry. Documented in docs/operating.md.
 *
 * Metrics add no cost per line: plain numbers are read when somebody asks, and only rare events are listened to.
 */
export function serverMetrics(server: Server): Registry {
  const registry = new Registry();
  for (const [key, name, help] of COUNTERS) {
    const counter = new Counter({
      name,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(server.counts[key]);
      },
    });
    registry.registerMetric(counter);
  }
  for (const gauge of gauges(server)) registry.registerMetric(gauge);
  happenings(server, [registry]);
  for (const metric of sharing(server)) registry.registerMetric(metric);
  return registry;
}

const SHARING: readonly [
  (status: SharedStatus) => number,
  'gauge' | 'counter',
  name: string,
  help: string,
][] = [
  [({ nodes }) => nodes.length, 'gauge', 'proto_nodes', 'Servers that share the rooms, this one included.'],
  [({ gone }) => gone, 'counter', 'proto_nodes_gone_total', 'Servers that were found to be gone.'],
  [({ position }) => position, 'gauge', 'proto_log_position', 'Entries of the shared log that were applied.'],
  [
    ({ pending }) => pending,
    'gauge',
    'proto_log_pending_entries',
    'Entries of this server that are not in the log yet.',
  ],
  [
    ({ entryMs }) => entryMs / 1_000,
    'gauge',
    'proto_log_entry_seconds',
    'How long the last entry took until it was applied.',
  ],
  [({ resent }) => resent, 'counter', 'proto_log_resent_total', 'Entries that were sent again.'],
];

/** Metrics of a server that shares its rooms with others. */
function* sharing({ shared }: Server): Generator<Counter | Gauge> {
  if (shared === undefined) return;
  for (const [value, kind, name, help] of SHARING) {
    if (kind === 'gauge') {
      yield new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(value(shared.status()));
        },
      });
    } else {
      yield new Counter({
        name,
        help,
        registers: [],
        collect() {
          this.reset();
          this.inc(value(shared.status()));
        },
      });
    }
  }
}

function* gauges(server: Server): Generator<Gauge> {
  yield new Gauge({
    name: 'proto_accepting',
    help: '1 while clients are let in, 0 before, and once it closes.',
    registers: [],
    collect() {
      this.set(server.isAccepting ? 1 : 0);
    },
  });
  yield new Gauge({
    name: 'proto_ready',
    help: '1 while new clients should come here: as proto_accepting, but 0 from the beginning of --drain-ms.',
    registers: [],
    collect() {
      this.set(server.isReady ? 1 : 0);
    },
  });
  const most = new Gauge({
    name: 'proto_max_clients',
    help: 'The most clients that may be connected.',
    registers: [],
  });
  most.set(server.settings.maxClients);
  yield most;
  const memory = new Gauge({
    name: 'proto_max_memory_bytes',
    help: 'Bytes that queues and outboxes of all clients may hold.',
    registers: [],
  });
  memory.set(server.settings.maxMemoryBytes);
  yield memory;
  let load = server.load();
  for (const [index, [key, name, help]] of GAUGES.entries()) {
    yield new Gauge({
      name,
      help,
      registers: [],
      collect() {
        // They are collected in order, with one look for all.
        if (index === 0) load = server.load();
        this.set(load[key]);
      },
    });
  }
}

function happenings(server: Server, registers: Registry[]): void {
  const drops = new Counter({
    name: 'proto_drops_total',
    help: 'Connections the server ended, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const throttles = new Counter({
    name: 'proto_throttles_total',
    help: 'Clients that sent more than they may, by what it was.',
    labelNames: ['of'],
    registers,
  });
  const passedOver = new Counter({
    name: 'proto_passed_over_total',
    help: 'Strict order: clients that let too many turns pass, so that nobody waits for them.',
    registers,
  });
  const faults = new Counter({
    name: 'proto_faults_total',
    help: 'Lines at fault and refused commands, by code.',
    labelNames: ['code'],
    registers,
  });
  const refusals = new Counter({
    name: 'proto_refusals_total',
    help: 'Connections turned away, by code.',
    labelNames: ['code'],
    registers,
  });
  const cuts = new Counter({
    name: 'proto_cuts_total',
    help: 'Connections ended before anybody could speak on them, by code.',
    labelNames: ['code'],
    registers,
  });
  const commands = new Counter({
    name: 'proto_admin_commands_total',
    help: 'Commands of operators that change something.',
    labelNames: ['verb'],
    registers,
  });
  const wrongTokens = new Counter({
    name: 'proto_wrong_tokens_total',
    help: 'Wrong tokens that clients sent.',
    registers,
  });
  const handlerErrors = new Counter({
    name: 'proto_handler_errors_total',
    help: 'Lines on which the handler threw or took too long.',
    registers,
  });
  const waits = new Histogram({
    name: 'proto_turn_wait_seconds',
    help: 'Strict order: how long a room waited for a client with nothing queued, by how that ended.',
    labelNames: ['end'],
    buckets: WAIT_SECONDS,
    registers,
  });
  // A counter that exists from the beginning has a rate from its first event on.
  for (const reason of DROP_REASONS) drops.inc({ reason }, 0);
  for (const of of ['lines', 'bytes']) throttles.inc({ of }, 0);
  for (const code of Object.keys(ERROR_CODES)) faults.inc({ code }, 0);
  for (const code of CUT_CODES) cuts.inc({ code }, 0);
  for (const verb of COMMANDS) commands.inc({ verb }, 0);
  for (const code of REFUSALS) refusals.inc({ code }, 0);
  server.on('drop', ({ reason }) => drops.inc({ reason }));
  server.on('throttle', ({ of }) => throttles.inc({ of }));
  server.on('passedOver', ({ client }) => {
    // Those of other servers are counted there.
    if (server.shared?.isOwn(client) !== false) passedOver.inc();
  });
  server.on('fault', ({ code }) => faults.inc({ code }));
  server.on('admin', ({ verb }) => commands.inc({ verb }));
  server.on('wrongToken', () => wrongTokens.inc());
  server.on('refuse', ({ code }) => refusals.inc({ code }));
  server.on('cut', ({ code }) => cuts.inc({ code }));
  server.on('handlerError', () => handlerErrors.inc());
  server.on('waited', ({ end, ms }) => waits.observe({ end }, ms / 1_000));
}
