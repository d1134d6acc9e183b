import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { LoopDelay } from './loop-delay.ts';

const DELAY_SECONDS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const LOOK_MS = 1_000;

/** Metrics of prom-client that walk every open handle at each scrape, or that it forgets. */
const LEFT_OUT = /^nodejs_(active_(handles|requests|resources)|eventloop_lag)/;

/** Metrics of this process. */
export interface ProcessMetrics {
  /** Pass it to `serveHttp`, or read its text with `metrics()`. */
  readonly registry: Registry;
  /** Ends the measurement of the event loop. */
  stop(): void;
}

/**
 * The metrics of this process: processor, memory, garbage collection, file descriptors and the delay of the event loop.
 * Documented in docs/operating.md. Use one per process: prom-client never stops watching some things.
 *
 * `linesLost`: how many lines of the log or console nobody read in time, or that no longer fitted on the disk.
 *
 * `loop`: measures the delay of the event loop until the metrics are stopped.
 */
export function processMetrics(
  linesLost: () => number = () => 0,
  loop: LoopDelay = new LoopDelay(),
): ProcessMetrics {
  const registry = new Registry();
  // The delay of the loop is measured below. This precision disables prom-client's own measurement.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 3_600_000 });
  for (const { name } of registry.getMetricsAsArray())
    if (LEFT_OUT.test(name)) registry.removeSingleMetric(name);
  registry.registerMetric(
    new Counter({
      name: 'proto_log_lines_lost_total',
      help: 'Lines of the log or the console that nobody read in time, or that no longer fitted on the disk.',
      registers: [],
      collect() {
        this.reset();
        this.inc(linesLost());
      },
    }),
  );
  const stop = countDelays(registry, loop);
  return {
    registry,
    stop: () => {
      stop();
      loop.stop();
    },
  };
}

/** The longest delay in each second. Unlike a gauge since the last scrape, two scrapers can read it. */
function countDelays(registry: Registry, loop: LoopDelay): () => void {
  const delays = new Histogram({
    name: 'proto_event_loop_delay_seconds',
    help: 'The longest delay of the event loop in each second.',
    buckets: DELAY_SECONDS,
    registers: [registry],
  });
  const longest = loop.reader();
  const timer = setInterval(() => delays.observe(longest() / 1e3), LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
