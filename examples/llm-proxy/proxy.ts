import type { Clock } from '@proto/scheduler';
import { FairQueue } from '@proto/scheduler/queue';

/** What a tenant asks the model. */
export interface Prompt {
  readonly tokens: number;
  /** The most that the answer may take. */
  readonly maxTokens: number;
}

/** What the model says. */
export type Answer =
  | { readonly status: 200; readonly text: string; readonly tokens: number }
  | { readonly status: 429; readonly retryAfterMs: number };

export type Model = (tenant: string, prompt: Prompt, signal: AbortSignal) => Promise<Answer>;

export interface ProxyOptions {
  readonly model: Model;
  readonly tokensPerMinute: number;
  readonly clock: Clock;
}

/** Stands between tenants and a model: each tenant has its tokens a minute, and none waits for another's. */
export class Proxy {
  readonly queue: FairQueue;
  readonly #model: Model;
  readonly #clock: Clock;

  constructor({ model, tokensPerMinute, clock }: ProxyOptions) {
    this.#model = model;
    this.#clock = clock;
    this.queue = new FairQueue({
      concurrency: 4,
      timeoutMs: 60_000,
      rateOf: () => ({ cost: tokensPerMinute, perMs: 60_000 }),
      clock,
    });
  }

  /** Settles with the answer. A 429 of the model costs nothing but time: the tenant is held, and the prompt asked again. */
  async ask(tenant: string, prompt: Prompt): Promise<string> {
    // The answer is counted as if it were as long as it may be.
    const estimate = prompt.tokens + prompt.maxTokens;
    for (let priority = 0; ; priority = 1) {
      const answer = await this.queue.run(
        tenant,
        ({ signal }) => this.#model(tenant, prompt, signal),
        // What is asked again goes before what came later.
        { cost: estimate, priority },
      );
      if (answer.status === 200) {
        this.queue.charge(tenant, prompt.tokens + answer.tokens - estimate);
        return answer.text;
      }
      this.queue.charge(tenant, -estimate);
      this.queue.hold(tenant, { untilMs: this.#clock.now() + answer.retryAfterMs });
    }
  }
}
