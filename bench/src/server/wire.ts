/** Content of every line. In bytes. */
export const LINE_BYTES = 32;

const WORDS = 'the quick brown Fox jumps over 13 lazy dogs and 7 sleepy cats while rain falls on Lisbon ';

/** Lines of one length with different content, none of which is a command or begins like an event. */
export function someLines(count: number): string[] {
  const text = WORDS.repeat(2);
  return Array.from({ length: count }, (_, index) => {
    const from = (index * 7) % WORDS.length;
    return `${String(index).padStart(3, '0')} ${text.slice(from, from + LINE_BYTES - 4)}`;
  });
}
