// Plays a document that shows terminals: types what it says is typed, and compares what it says is seen.
// `node scripts/played.mjs docs/lessons.md` writes what is seen now into the document.
//
// A section (`##` or `###`) is a scene with terminals of its own. A line `**Terminal 1**` says in which terminal the
// next block of `console` is. A block goes on where the last one of its terminal ended. In a block is typed: what
// stands behind `$ `; what stands behind the prompt of proto-client, `> `; and ^C and ^D. `...` stands for lines left
// out. Ports are written as the document has them: the server's 6677, the others from 50001 on. Not compared are the
// times of an x-ray, milliseconds, and how full the buffers are that `ss` shows: only whether they hold 10,000 bytes.
import { readFileSync, writeFileSync } from 'node:fs';
import { Terminals } from './terminals.mjs';

const REST_MS = 900;
const KEYS = { '^C': 'C-c', '^D': 'C-d' };

/** The scenes of a document: `{ title, columns, blocks: [{ name, at, lines }] }`; `at`: the first line of the block. */
export function scenesOf(text) {
  const scenes = [];
  let name;
  let block;
  let columns = 80;
  for (const [at, line] of text.split('\n').entries()) {
    const heading = /^#{2,3} (.*)$/.exec(line);
    if (block !== undefined) {
      if (line === '```') block = undefined;
      else block.lines.push(line);
    } else if (heading !== null) {
      columns = Number(/(\d+) columns/.exec(line)?.[1] ?? 80);
      scenes.push({ title: heading[1], columns, blocks: [] });
      name = undefined;
    } else if (line === '```console') {
      if (name === undefined) throw new Error(`Cannot play line ${at + 1}: no terminal is named before it`);
      block = { name, at: at + 1, lines: [] };
      scenes.at(-1).blocks.push(block);
    } else {
      name = /^\*\*(.+?)\*\*/.exec(line)?.[1] ?? name;
    }
  }
  return scenes.filter(({ blocks }) => blocks.length > 0);
}

/** The lines of the document's `sh` block: typed in each terminal before it is used. */
export function setUpOf(text) {
  return (/```sh\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('alias '));
}

/** A row of `ss`: what waits to be read, what waits to be sent, and both ends. */
const SOCKET = /^(\d+) +(\d+) +(\S+:\d+) +(\S+:\d+)$/;

/** What is not compared: the times of an x-ray, milliseconds, and how much of 10,000 bytes or more waits in a socket. */
export function normal(line) {
  const [, read, sent, ...ends] = SOCKET.exec(line) ?? [];
  if (read !== undefined)
    return [read, sent]
      .map((bytes) => (bytes < 10_000 ? bytes : 'N'))
      .concat(ends)
      .join(' ');
  // The head of those rows is as wide as they are.
  if (line.startsWith('Recv-Q')) return line.replace(/ +/g, ' ');
  return line
    .replace(/ at (\d+\.\d{3} s|\d\d:\d\d:\d\d\.\d{3} UTC)/, (_, time) =>
      time.endsWith('s') ? ' at T s' : ' at T UTC',
    )
    .replace(/\b\d+ ms$/, 'N ms');
}

/** A line as the rows of a terminal of less than 80 columns; a wider one is as wide as it must be. */
function wrapped(line, columns) {
  const count = columns < 80 ? Math.max(1, Math.ceil(line.length / columns)) : 1;
  return Array.from({ length: count }, (_, row) =>
    count === 1 ? line : line.slice(row * columns, (row + 1) * columns).trimEnd(),
  );
}

/** How many lines an idle prompt takes at the end. What the client's says may be in rows of its own. */
export function idleAt(lines) {
  const last = lines.at(-1) ?? '';
  const rows = last === '>' ? /(?:^|\n)(\[[^\]]*\]\n>)$/.exec(lines.join('\n'))?.[1] : undefined;
  if (rows !== undefined) return rows.split('\n').length;
  return last === '$' || /^(\[[^\]]*\] )?>$/.test(last) ? 1 : 0;
}

/** Whether these are the lines wanted, where `...` is any number of lines. An idle prompt may be left out. */
export function matches(wanted, seen) {
  const lines = idleAt(wanted) === 0 ? seen.slice(0, seen.length - idleAt(seen)) : seen;
  const from = (w, s) => {
    if (w === wanted.length) return s === lines.length;
    if (wanted[w] === '...') return from(w + 1, s) || (s < lines.length && from(w, s + 1));
    return s < lines.length && normal(wanted[w]) === normal(lines[s]) && from(w + 1, s + 1);
  };
  return from(0, 0);
}

/** Plays a scene. `differs({ block, wanted, seen })` is told of each block that shows something else. */
export async function play({ columns, blocks }, { setUp, differs, resting = false }) {
  const terminals = new Terminals(columns);
  const shown = new Map();
  let port;
  const ports = new Map();
  /** What a terminal shows, ports as the document has them, and wrapped where it is a narrow one. */
  const there = (name) =>
    terminals.screen(name).flatMap((line) =>
      wrapped(
        line
          .replace('--port 0', '--port 6677')
          .replace('.py 0', '.py 6677')
          .replace(/(127\.0\.0\.1[: ]|:)(\d{4,5})\b/g, (_, before, number) => before + portOf(number)),
        columns,
      ),
    );
  const portOf = (number) => {
    if (number === port || number === '6677') return '6677';
    // In the order in which they connected, which the server knows.
    const connected = /client (\d+) connected from 127\.0\.0\.1:(\d+)/g;
    for (const name of ports.has(number) ? [] : terminals.names) {
      for (const [, seat, of] of terminals.screen(name).join('\n').matchAll(connected))
        ports.set(of, String(50_000 + Number(seat)));
    }
    return ports.get(number) ?? '50000';
  };
  const here = (text) => text.replaceAll('6677', port ?? '0');
  const until = (name, holds) => terminals.until(name, () => holds(there(name)), resting ? 2_000 : undefined);
  const rest = async () => {
    for (let last, since = performance.now(); performance.now() - since < REST_MS;) {
      const now = terminals.names.flatMap(there).join('\n');
      if (now !== last) since = performance.now();
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  try {
    for (const block of blocks) {
      const { name } = block;
      if (!terminals.has(name)) await terminals.open(name, setUp);
      const wanted = shown.get(name) ?? [];
      wanted.splice(wanted.length - idleAt(wanted));
      const before = wanted.length;
      for (const line of block.lines) {
        const [, prompt, typed] = /^(\$ |(?:\[[^\]]*\] )?> )(.+)$/.exec(line) ?? [];
        if (typed !== undefined) {
          // What comes before must be there, and the prompt be what the document says.
          await until(name, (seen) => matches([...wanted, prompt.trimEnd()], seen));
          if (resting) await rest();
          if (KEYS[typed] === undefined) terminals.type(name, here(typed));
          else terminals.press(name, KEYS[typed]);
        } else if (KEYS[line] !== undefined) {
          await until(name, (seen) => matches(wanted, seen));
          terminals.press(name, KEYS[line]);
        }
        wanted.push(KEYS[typed] === undefined ? line : prompt.trimEnd());
        if (port === undefined && typed?.includes('6677')) {
          await terminals.until(name, (seen) => /listening on 127\.0\.0\.1:\d+/.test(seen.join('\n')));
          port = /listening on 127\.0\.0\.1:(\d+)/.exec(terminals.screen(name).join('\n'))?.[1];
          if (port === undefined)
            throw new Error(`Cannot play ${typed}: ${terminals.screen(name).join('\n')}`);
        }
      }
      if (resting) await rest();
      else await until(name, (seen) => matches(wanted, seen));
      const seen = there(name);
      if (matches(wanted, seen)) shown.set(name, wanted);
      else {
        differs({
          block,
          wanted: wanted.slice(before),
          seen: seen.slice(Math.min(before, seen.length)),
          all: seen,
        });
        shown.set(name, seen);
        // What follows would differ too.
        if (!resting) return;
      }
    }
    // Nothing may come behind what is shown.
    for (const [name, wanted] of resting ? [] : shown) {
      await until(name, (seen) => matches(wanted, seen));
      const seen = there(name);
      if (!matches(wanted, seen)) differs({ block: { name, at: 0 }, wanted, seen, all: seen });
    }
  } finally {
    terminals.close();
  }
}

/** Writes what is seen now into a document, where it differs. */
async function rewrite(file, only) {
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const setUp = setUpOf(text);
  const changes = [];
  for (const scene of scenesOf(text)) {
    if (only !== undefined && !scene.title.includes(only)) continue;
    process.stdout.write(`${scene.title}\n`);
    await play(scene, { setUp, resting: true, differs: (change) => changes.push(change) });
  }
  for (const { block, seen } of changes.toReversed()) {
    const typed = block.lines.filter((line) => /\^[CD]$/.test(line));
    process.stdout.write(
      `line ${block.at + 1}, ${block.name}: written${typed.length > 0 ? `; put back ${typed}` : ''}\n`,
    );
    lines.splice(block.at, block.lines.length, ...seen);
  }
  writeFileSync(file, lines.join('\n'));
}

if (process.argv[1]?.endsWith('played.mjs')) await rewrite(process.argv[2], process.argv[3]);
