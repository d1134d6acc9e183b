/** A line of JSON: its value in an object, so that no value can be taken for a fault. */
export interface JsonFrame {
  /** What the line holds: any JSON value, `null` included. */
  readonly value: unknown;
}
