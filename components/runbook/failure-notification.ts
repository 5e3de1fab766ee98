/** The message that a deployment failed. It comes from the program: in the cluster nothing happens after a failure. */
import * as pulumi from "@pulumi/pulumi";

const timeoutMilliseconds = 10_000;

/**
 * A hook for every resource of a system, which tells a webhook that takes Slack's form when the first of them failed.
 * Nothing is tried again, and a message that is not taken is a warning: the failure itself is what has to be reported.
 *
 * @param lines what it says, by the name of the resource that failed and the time, in UTC
 */
export function failureNotification(
  system: string,
  webhook: pulumi.Input<string>,
  lines: (failed: string, now: string) => readonly string[],
): pulumi.ErrorHook {
  let told = false;
  return new pulumi.ErrorHook(`${system}-failed`, async ({ name }) => {
    // The engine asks in previews too: nothing was deployed that could have failed.
    if (told || pulumi.runtime.isDryRun()) return false;
    told = true;
    const problem = await send(await resolved(webhook), lines(name, new Date().toISOString()));
    if (problem) await pulumi.log.warn(`the notification that ${system} failed was not taken: ${problem}`);
    return false;
  });
}

/** Why it was not taken; undefined if it was. The address is a secret, and in no message. */
async function send(url: string, lines: readonly string[]): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: lines.join("\n") }),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return response.ok ? undefined : `the answer was ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return (cause instanceof Error ? `${message}: ${cause.message}` : message).replaceAll(url, "the webhook");
  }
}

const resolved = <T>(input: pulumi.Input<T>): Promise<T> =>
  new Promise((resolve) => pulumi.output(input).apply((value) => resolve(value as T)));
