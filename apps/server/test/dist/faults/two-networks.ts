import { execFileSync } from 'node:child_process';

/** Two machines on a cable that can be pulled: network namespaces of Linux, joined by a pair of virtual interfaces. */
export class TwoNetworks implements Disposable {
  readonly serverAddress = '10.77.0.1';
  readonly #near = `faults-${process.pid}-near`;
  readonly #far = `faults-${process.pid}-far`;

  /** Why there can be none here; `undefined` if there can. */
  static whyNot(): string | undefined {
    const probe = `faults-${process.pid}-probe`;
    try {
      ip('netns', 'add', probe);
      ip('netns', 'del', probe);
      return undefined;
    } catch (error) {
      return `no network namespace can be made (Debian package iproute2, and root): ${(error as Error).message}`;
    }
  }

  constructor() {
    ip('netns', 'add', this.#near);
    ip('netns', 'add', this.#far);
    ip(
      'link',
      'add',
      'cable',
      'netns',
      this.#near,
      'type',
      'veth',
      'peer',
      'name',
      'cable',
      'netns',
      this.#far,
    );
    ip('-n', this.#near, 'addr', 'add', `${this.serverAddress}/24`, 'dev', 'cable');
    ip('-n', this.#far, 'addr', 'add', '10.77.0.2/24', 'dev', 'cable');
    for (const network of [this.#near, this.#far]) {
      ip('-n', network, 'link', 'set', 'lo', 'up');
      ip('-n', network, 'link', 'set', 'cable', 'up');
    }
  }

  /** A command as it is run on the server's side of the cable. */
  near(command: string, ...args: string[]): [command: string, args: string[]] {
    return ['ip', ['netns', 'exec', this.#near, command, ...args]];
  }

  far(command: string, ...args: string[]): [command: string, args: string[]] {
    return ['ip', ['netns', 'exec', this.#far, command, ...args]];
  }

  pullTheCable(): void {
    ip('-n', this.#far, 'link', 'set', 'cable', 'down');
  }

  [Symbol.dispose](): void {
    ip('netns', 'del', this.#near);
    ip('netns', 'del', this.#far);
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
