import { doneAt, nameOf } from '../../model/moment.ts';
import type { LineFact } from '../../model/shapes.ts';
import { countUpTo } from '../../model/sorted.ts';
import { seconds, shown } from '../../model/words.ts';
import { isTableOpen, lanes, moment, news } from '../../state.ts';
import { clientName } from '../seat.tsx';

/** How many lines of each client the table shows. */
const MOST_LINES = 20;

/** The content of the lanes as a table. */
export function LinesTable() {
  void news.value;
  if (!isTableOpen.value) return null;
  const t = moment.value;
  const rows = lanes.value.flatMap(({ client, seat }) =>
    client.lines
      .slice(0, countUpTo(client.lines, t))
      .slice(-MOST_LINES)
      .map((line) => ({ line, who: clientName(seat, nameOf(client, t)) })),
  );
  return (
    <div class="table" tabIndex={0}>
      <table>
        <caption>
          Lines up to {(t / 1_000).toFixed(2)} s, the last {MOST_LINES} of each client
        </caption>
        <thead>
          <tr>
            {['Client', 'Line', 'Came', 'Waited', 'Turn', 'Result'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ line, who }) => (
            <tr key={line.id}>
              <th scope="row">{who}</th>
              <td>
                <code>{shown(line.text, 40)}</code>
              </td>
              <td>{(line.t / 1_000).toFixed(2)} s</td>
              <td>{line.kind === 'command' ? '' : seconds(Math.min(doneAt(line), t) - line.t)}</td>
              <td>{line.servedAt !== undefined && line.servedAt <= t ? line.turn : ''}</td>
              <td>{outcome(line, t)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function outcome(
  { kind, answer, answeredAt = Infinity, lostAt = Infinity, fault, ...line }: LineFact,
  t: number,
): string {
  if (kind === 'command') return fault ?? 'a command';
  if (answeredAt <= t) return shown(answer ?? '', 40);
  if (lostAt <= t) return 'lost with the connection';
  return (line.servedAt ?? Infinity) <= t ? 'served' : 'waits';
}
