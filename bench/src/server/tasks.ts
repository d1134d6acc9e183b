import type { Task } from './load/task.ts';

/** Clients that send lines and wait for the answers. */
export function answersTask(
  port: number,
  clients: number,
  batch: number,
  { together = false, tls = false }: { readonly together?: boolean; readonly tls?: boolean } = {},
): Task {
  return { kind: 'answers', ports: [port], clients, batch, together, tls };
}

/** One sender whose lines go to everybody else, 64 a write. */
export function relayTask(
  ports: number | readonly number[],
  receivers: number,
  dialect: 'ours' | 'bare' | 'redis' | 'nats' = 'ours',
): Task {
  return { kind: 'relay', ports: [ports].flat(), receivers, batch: 64, dialect };
}
