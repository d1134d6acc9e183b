import { type AddressInfo, createServer } from 'node:net';

/** Capitals, and mischief done to one reply in so many. Says its port. Arguments: MISCHIEF ONE_IN. */
const [mischief, oneIn] = [process.argv[2], Number(process.argv[3])];
let replies = 0;

function spoilt(lines: string[]): string {
  let out = '';
  for (let at = 0; at < lines.length; at++) {
    const reply = `${lines[at]}\n`;
    if (++replies % oneIn !== 0) out += reply;
    else if (mischief === 'double') out += reply + reply;
    else if (mischief === 'swap') {
      // With the next one, so there must be one: a little later if need be.
      if (at + 1 === lines.length) {
        replies--;
        out += reply;
      } else {
        out += `${lines[++at]}\n${reply}`;
        replies++;
      }
    }
  }
  return out;
}

const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
  let rest = '';
  socket.write('* WELCOME 1 1 main 1\n');
  socket.on('error', () => {});
  socket.on('end', () => socket.end('* BYE end\n'));
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1').toUpperCase()).split('\n');
    rest = lines.pop() ?? '';
    socket.write(spoilt(lines), 'latin1');
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
