/** Limit for an answer, in seconds, where the check has none. */
export const requestSeconds = 5;

/** Returns the reason of an error, down to its cause. `seconds` is the limit that a timeout stands for. */
export function reason(error: unknown, seconds = requestSeconds): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${seconds} s`;
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0], seconds);
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? `${error.message}: ${reason(cause, seconds)}` : error.message;
}
