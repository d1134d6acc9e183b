import { VirtualClock } from '@proto/scheduler/testing';
import { page } from './page.ts';
import { type Answer, type Prompt, Proxy } from './proxy.ts';

// Three minutes pass in a moment.
const clock = new VirtualClock();
const after = <T>(ms: number, value: T): Promise<T> =>
  new Promise((resolve) => void clock.setTimeout(() => resolve(value), ms));

let refusals = 1;

/** Takes two seconds for an answer, which is half as long as it might be, and is once too busy for Eva. */
async function model(tenant: string, { maxTokens }: Prompt): Promise<Answer> {
  if (tenant === 'eva' && clock.now() > 10_000 && refusals-- > 0)
    return { status: 429, retryAfterMs: 45_000 };
  return after(2_000, { status: 200, text: `for ${tenant}`, tokens: maxTokens / 2 });
}

const proxy = new Proxy({ model, tokensPerMinute: 1_000, clock });
const asked: Promise<string>[] = [];
const ask = (tenant: string, tokens: number, maxTokens: number): void => {
  asked.push(proxy.ask(tenant, { tokens, maxTokens }));
};

// Greg has a script. Ada and Eva ask now and then.
for (let prompt = 0; prompt < 12; prompt += 1) ask('greg', 50, 200);
for (const at of [0, 20_000, 40_000, 60_000]) {
  clock.setTimeout(() => ask('ada', 40, 160), at);
  clock.setTimeout(() => ask('eva', 100, 300), at + 1_000);
}

for (const seconds of [1, 30, 50, 90, 150]) {
  await clock.advance(seconds * 1_000 - clock.now());
  console.log(`after ${seconds} s\n${page(proxy.queue)}\n`);
}
await clock.runAll();
const answers = await Promise.all(asked);
console.log(`${answers.length} prompts, all answered`);
