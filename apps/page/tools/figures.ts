// What the live page costs a browser, with 3, 100 and 1,000 clients that send lines over TCP to a server, each in a process
// of its own. Prints each figure beside what is asked of it, and ends with 1 if one is short:
//   npm run page:figures
//   npm run page:figures 100    with so many clients only
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright-core';
import { bundle } from './bundle.ts';
import { chromiumPath } from './chromium.ts';
import { LIMIT } from './figures/limit.ts';
import { serve, startLoad } from './figures/processes.ts';
import { HEAD, isReached, printed, type Row } from './figures/table.ts';
import { type Cost, watchPage } from './figures/watch-page.ts';

const SETTLE_MS = 3_000;
const MEASURE_MS = 8_000;
/** How long clients have sent before the page is opened. */
const AHEAD_MS = 2_000;
/** A frame rate within this share of that of an empty page is as good as the machine allows. */
const NEAR = 0.95;

interface Scene {
  readonly clients: number;
  readonly linesPerSecond: number;
  readonly flags: readonly string[];
  /** What is asked, for figures of which something is. */
  readonly asked: Readonly<Record<string, NonNullable<Row['asked']>>>;
}

const atMost = (value: number): NonNullable<Row['asked']> => ({ is: 'at most', value });

const scenes = (limit: Cost): readonly Scene[] => [
  {
    clients: 3,
    linesPerSecond: 6,
    flags: ['--clients', '3'],
    asked: {
      frames: { is: 'at least', value: NEAR * Math.min(60, limit.framesPerSecond) },
      main: atMost(8),
      ready: atMost(1_000),
    },
  },
  {
    clients: 100,
    linesPerSecond: 10_000,
    flags: ['--order', 'free'],
    asked: { script: atMost(25), ready: atMost(1_000) },
  },
  {
    clients: 1_000,
    linesPerSecond: 100_000,
    flags: ['--order', 'free', '--max-clients', '1100'],
    asked: { heap: atMost(80), elements: atMost(700), ready: atMost(1_000) },
  },
];

async function measure(browser: Browser, { clients, linesPerSecond, flags, asked }: Scene): Promise<Row[]> {
  const server = await serve(flags);
  const load = startLoad(server.port, clients, linesPerSecond, AHEAD_MS + SETTLE_MS + MEASURE_MS + 2_000);
  try {
    await sleep(AHEAD_MS);
    const cost = await watchPage(browser, server.page, {
      ready: '.address',
      settleMs: SETTLE_MS,
      measureMs: MEASURE_MS,
    });
    const { sent, answered, linesPerSecond: reached } = await load.done();
    const figure = (key: string, name: string, value: number, unit: string, seen = ''): Row => ({
      name: `${clients.toLocaleString('en')} clients: ${name}`,
      value,
      unit,
      ...(asked[key] !== undefined && { asked: asked[key] }),
      seen,
    });
    const whole = `all processes of the browser ${Math.round(100 * cost.browserShare)} % of a core`;
    return [
      figure('lines', 'lines answered', reached, '/s', `${answered} of ${sent}; ${linesPerSecond} wanted`),
      figure('frames', 'frames', cost.framesPerSecond, '/s', whole),
      figure('main', 'main thread', cost.mainMs, 'ms a frame', `script ${cost.scriptMs.toFixed(1)} ms`),
      figure('script', 'script', 100 * cost.scriptShare, '% of a core'),
      figure('ready', 'ready', cost.readyMs, 'ms'),
      figure('heap', 'heap', cost.heap / 1e6, 'MB'),
      figure('elements', 'elements', cost.elements, ''),
    ];
  } finally {
    await load.stop();
    await server.stop();
  }
}

function sizes(): Row {
  const { js, css, fonts } = bundle();
  const parts = [js, css, fonts].map((bytes) => (bytes / 1_000).toFixed(1)).join(' + ');
  return {
    name: 'bundle, compressed',
    value: (js + css + fonts) / 1_000,
    unit: 'kB',
    asked: atMost(100),
    seen: `script, style, fonts: ${parts}`,
  };
}

/** What the figures depend on. */
async function conditions(browser: Browser): Promise<string> {
  const cdp = await browser.newBrowserCDPSession();
  const { gpu } = await cdp.send('SystemInfo.getInfo');
  const { gpu_compositing: drawing = 'unknown' } = gpu.featureStatus as Record<string, string>;
  const raster = drawing === 'enabled' ? 'drawn by a GPU' : 'drawn in software';
  const load = loadavg()[0]?.toFixed(2);
  return `Chromium ${browser.version()}, ${raster}; ${cpus().length} cores, load average ${load}`;
}

if (chromiumPath === undefined) throw new Error('Cannot measure: Chromium is not installed');
const only = process.argv[2];
// Root may not have a sandbox.
const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
try {
  process.stdout.write(`${await conditions(browser)}\n\n${HEAD}\n`);
  const rows: Row[] = [];
  const show = (row: Row): void => {
    rows.push(row);
    process.stdout.write(`${printed(row)}\n`);
  };
  show(sizes());
  const limit = await watchPage(browser, LIMIT, { ready: 'p', settleMs: 1_000, measureMs: MEASURE_MS });
  const seen = 'a canvas as large as the lanes, one rectangle a frame, no server';
  show({ name: 'an empty page: frames', value: limit.framesPerSecond, unit: '/s', seen });
  for (const scene of scenes(limit)) {
    if (only !== undefined && String(scene.clients) !== only) continue;
    for (const row of await measure(browser, scene)) show(row);
  }
  const isEnough = rows.every(isReached);
  process.stdout.write(`\n${await conditions(browser)}; ${isEnough ? 'every figure is reached' : 'short'}\n`);
  process.exitCode = isEnough ? 0 : 1;
} finally {
  await browser.close();
}
