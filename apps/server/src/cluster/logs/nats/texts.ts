import { type ApiError, JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';

/** What a server said, and what to do about it. */
export function refusalText({ description, err_code: code }: ApiError): string {
  const what = `the server says "${description}" (${code})`;
  if (/insufficient|no space|maximum|limit|exceed/i.test(description)) {
    return `${what}. Raise the limits of JetStream and of the account there, or free disk space`;
  }
  return what;
}

/** Whether an error says that there is no such stream. */
export function isNoStream(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

/** An error as one line. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const text = error.message || error.name;
  return cause instanceof Error && !text.includes(cause.message) ? `${text}: ${textOf(cause)}` : text;
}
