// A list of steps, taken in order, each printed as it begins.

/** Says why a command stops here. Each reason is for people: what is wrong, and what to do. */
export class Stop extends Error {
  /** @param {string[]} reasons */
  constructor(...reasons) {
    super(reasons.join('\n'));
    this.reasons = reasons;
  }
}

/**
 * Takes steps in order, and prints the name of each before it begins.
 *
 * A step does its work, returns what to say about it, if anything, and throws a `Stop` to end the command. What a step
 * finds out for later ones goes into `context`. After a step that sets `context.isDone`, the rest is left out.
 *
 * Errors: what a step throws is passed on.
 *
 * @template Context
 * @param {{ name: string, what: string, run: (context: Context) => unknown }[]} steps
 * @param {Context & { print: (text: string) => void, isDone?: boolean }} context
 */
export async function takeSteps(steps, context) {
  for (const [index, { name, what, run }] of steps.entries()) {
    context.print(`== ${index + 1}/${steps.length} ${name}: ${what}`);
    const said = await run(context);
    if (said !== undefined) context.print(said);
    if (context.isDone) return;
  }
}
