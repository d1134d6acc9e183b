/** What became of a promise by now. */
export function outcome(promise: Promise<unknown>): { readonly is: unknown } {
  const seen: { is: unknown } = { is: 'pending' };
  promise.then(
    (value) => (seen.is = value),
    (error: unknown) => (seen.is = error),
  );
  return seen;
}
