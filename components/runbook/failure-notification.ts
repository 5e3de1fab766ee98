/**
 * Notification of a failed deployment. The program sends it, for after a failure nothing more is created in the
 * cluster.
 */
import * as pulumi from "@pulumi/pulumi";

const timeoutMilliseconds = 10_000;

/**
 * Returns a hook for every resource of a system. When the first of them fails, it posts to a webhook that takes Slack's
 * format. A notification that cannot be sent is a warning and is not repeated.
 *
 * @param lines text of the message, given the name of the failed resource, the time in UTC, and the lines of the error that
 * begin with FAILED, each with the indented ones after it
 */
export function failureNotification(
  system: string,
  webhook: pulumi.Input<string>,
  lines: (failed: string, now: string, reasons: readonly string[]) => readonly string[],
): pulumi.ErrorHook {
  let told = false;
  return new pulumi.ErrorHook(`${system}-failed`, async ({ name, errors = [] }) => {
    // The engine calls it in previews, too, where nothing is deployed.
    if (told || pulumi.runtime.isDryRun()) return false;
    told = true;
    const problem = await send(await resolved(webhook), lines(name, new Date().toISOString(), reasonsIn(errors)));
    if (problem) await pulumi.log.warn(`could not notify of the failure of ${system}: ${problem}`);
    return false;
  });
}

/** The lines in which a program says what failed, and what to do about it. The newest error is the first. */
const reasonsIn = ([newest = ""]: readonly string[]): string[] =>
  (newest.match(/FAILED .*(\n {2}\S.*)*/g) ?? []).flatMap((reason) => reason.split("\n"));

/**
 * Returns the reason for which the message was not accepted. Undefined if it was. Leaves out the URL, which is a
 * secret.
 */
async function send(url: string, lines: readonly string[]): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: lines.join("\n") }),
      // Another host would get the message.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return response.ok ? undefined : `the webhook answered ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return (cause instanceof Error ? `${message}: ${cause.message}` : message).replaceAll(url, "the webhook");
  }
}

const resolved = <T>(input: pulumi.Input<T>): Promise<T> =>
  new Promise((resolve) => pulumi.output(input).apply((value) => resolve(value as T)));
