import type { Socket } from 'node:net';
import { linesFrom, type ScriptedServer, serve } from '../scripted-server.ts';

/** What is done to a reply. */
export type Mischief = 'drop' | 'double' | 'swap' | 'spoil';

/** Capitals, with an event now and then, and mischief done to one reply in so many, whoever's it is. */
export async function faultyServer(
  mischief: Mischief,
  oneIn: number,
): Promise<ScriptedServer & { readonly done: number }> {
  let replies = 0;
  let done = 0;
  const server = await serve(async (socket: Socket) => {
    socket.write('* WELCOME 1 1 main 1\n* JOIN 2 - a:1\n');
    let held = '';
    for await (const line of linesFrom(socket)) {
      const reply = `${line.toUpperCase()}\n`;
      if (++replies % 1000 === 0) socket.write('* TURN 1\n');
      if (replies % oneIn !== 0) {
        socket.write(reply + held, 'latin1');
        held = '';
        continue;
      }
      done++;
      if (mischief === 'double') socket.write(reply + reply);
      else if (mischief === 'swap') held = reply;
      else if (mischief === 'spoil') socket.write(`${reply.slice(0, -2)}!\n`);
    }
    socket.end(`${held}* BYE end\n`);
  });
  return Object.defineProperty(server, 'done', { get: () => done }) as ScriptedServer & {
    readonly done: number;
  };
}
