/** Lets this process do nothing at all for so long, as one does that is stopped. Whatever arrives waits. In ms. */
export function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
