/** Runs of a property: a mutant that lives has to pass them all, so it gets a tenth. */
export function runsFor(count: number): number {
  return process.env['MUTANTS'] === undefined ? count : Math.ceil(count / 10);
}
