import type { Browser, CDPSession, Page } from 'playwright-core';
import { DESKTOP } from '../studio.ts';

/** What a page cost over some time. */
export interface Cost {
  readonly framesPerSecond: number;
  /** The main thread of the page, for each frame. In milliseconds. */
  readonly mainMs: number;
  /** The part of it that scripts took. */
  readonly scriptMs: number;
  /** How much of a core scripts took, from 0 to 1; and all processes of the browser: main thread, raster, drawing. */
  readonly scriptShare: number;
  readonly browserShare: number;
  /** The heap after a collection. In bytes. */
  readonly heap: number;
  readonly elements: number;
  /** From the start of the navigation until the page shows its server. In milliseconds. */
  readonly readyMs: number;
}

/** Opens a page and measures it for a while, after it has settled. */
export async function watchPage(
  browser: Browser,
  url: string,
  { ready, settleMs, measureMs }: { ready: string; settleMs: number; measureMs: number },
): Promise<Cost> {
  const page = await browser.newPage({ viewport: DESKTOP, reducedMotion: 'no-preference' });
  const whole = await browser.newBrowserCDPSession();
  const cdp = await page.context().newCDPSession(page);
  // Time on a processor: a machine that does other things makes no figure larger.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.addInitScript(noteReady(ready));
  await page.goto(url);
  const readyMs = await page.waitForFunction(() => Reflect.get(globalThis, 'readyAt') as number | undefined);
  await page.waitForTimeout(settleMs);
  const before = await seen(page, cdp, whole);
  await page.waitForTimeout(measureMs);
  const after = await seen(page, cdp, whole);
  const frames = after.frames - before.frames;
  const seconds = after.at - before.at;
  await cdp.send('HeapProfiler.collectGarbage');
  const { JSHeapUsedSize: heap = 0 } = await metrics(cdp);
  const cost = {
    framesPerSecond: frames / seconds,
    mainMs: ((after.main - before.main) * 1_000) / frames,
    scriptMs: ((after.script - before.script) * 1_000) / frames,
    scriptShare: (after.script - before.script) / seconds,
    browserShare: (after.processor - before.processor) / seconds,
    heap,
    elements: await page.evaluate(() => document.querySelectorAll('*').length),
    readyMs: (await readyMs.jsonValue()) ?? Number.NaN,
  };
  await page.context().close();
  await whole.detach();
  return cost;
}

/** Runs in a page before its own scripts: counts frames, and notes when there is text in what is looked for. */
const noteReady = (selector: string): string => `
  globalThis.framesDrawn = 0;
  requestAnimationFrame(function look() {
    globalThis.framesDrawn++;
    if (!globalThis.readyAt && document.querySelector('${selector}')?.textContent) globalThis.readyAt = performance.now();
    requestAnimationFrame(look);
  });
`;

interface Seen {
  readonly frames: number;
  /** Seconds: of the clock, of the main thread, of its scripts, of all processes. */
  readonly at: number;
  readonly main: number;
  readonly script: number;
  readonly processor: number;
}

async function seen(page: Page, cdp: CDPSession, whole: CDPSession): Promise<Seen> {
  const frames = await page.evaluate(() => Reflect.get(globalThis, 'framesDrawn') as number);
  const { Timestamp: at = 0, TaskDuration: main = 0, ScriptDuration: script = 0 } = await metrics(cdp);
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  return { frames, at, main, script, processor: processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0) };
}

async function metrics(cdp: CDPSession): Promise<Partial<Record<string, number>>> {
  const { metrics: all } = await cdp.send('Performance.getMetrics');
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}
