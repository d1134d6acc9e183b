import type { ChildProcess } from 'node:child_process';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';
import type { QuitMember } from '@proto/scheduler';

/**
 * An HTTP server: nobody new is let in, requests that have come are answered, and connections that are only kept alive are
 * closed. Node closes idle ones itself from 19 on; those with a request say `Connection: close` in its answer.
 */
export function httpMember(server: Server): QuitMember {
  server.on('request', (_, response) => {
    if (!server.listening) response.setHeader('connection', 'close');
  });
  return {
    drain: () => new Promise((resolve) => void server.close(() => resolve())),
    destroy: () => server.closeAllConnections(),
  };
}

/** A socket: what was written goes out, then FIN; what comes is read and thrown away, or it would never close. */
export function socketMember(socket: Socket): QuitMember {
  return {
    drain: () =>
      new Promise((resolve) => {
        if (socket.closed) resolve();
        socket.once('close', () => resolve());
        socket.resume();
        socket.end();
      }),
    destroy: () => socket.destroy(),
  };
}

/** A worker thread that ends by itself when it is told so. */
export function workerMember(worker: Worker): QuitMember {
  return {
    drain: (reason) =>
      new Promise((resolve) => {
        // That of one that has ended.
        if (worker.threadId === -1) resolve();
        worker.once('exit', () => resolve());
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
        worker.postMessage({ quit: reason });
      }),
    destroy: () => void worker.terminate(),
  };
}

/** A child process: SIGTERM is a request, SIGKILL is none. */
export function childMember(child: ChildProcess): QuitMember {
  return {
    drain: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
    destroy: () => child.kill('SIGKILL'),
  };
}

/** Something that is done again and again: the one that has begun ends, and no other begins. */
export function timerMember(everyMs: number, act: () => Promise<void>): QuitMember {
  let acting: Promise<void> = Promise.resolve();
  let isActing = false;
  const timer = setInterval(() => {
    if (isActing) return;
    isActing = true;
    acting = act().finally(() => (isActing = false));
  }, everyMs);
  return {
    drain: () => {
      clearInterval(timer);
      return acting;
    },
    destroy: () => clearInterval(timer),
  };
}

/** Work that listens to a signal. It cannot be destroyed, only left alone. */
export function abortMember(controller: AbortController, work: Promise<unknown>): QuitMember {
  return {
    drain: async (reason) => {
      controller.abort(reason);
      await work;
    },
    destroy: () => {},
  };
}
