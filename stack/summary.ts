/** What a run that failed says at its end: where each system stands. */
import * as pulumi from "@pulumi/pulumi";
import { failedResource, type StepProgress } from "../components/runbook";

/** A system, as far as this is about it. */
interface Progressing {
  progress(): Promise<StepProgress[]>;
}

/**
 * Waits until all that could be done was done, and says where each system stands if one of them stopped. With
 * PULUMI_CONTINUE_ON_ERROR a system that fails does not stop the others; without it the engine ends the program before
 * this can say anything.
 */
export async function reportProgress(
  systems: readonly (readonly [name: string, system: Progressing])[],
): Promise<void> {
  const all = await Promise.all(systems.map(async ([name, system]) => [name, await system.progress()] as const));
  if (all.every(([, steps]) => steps.every(({ state }) => state === "done"))) return;
  // Whatever else happens: the engine must not take what was not registered for what is no longer wanted, and delete it.
  process.exitCode = 32;
  const lines = all.map(([name, steps]) => `  ${name.padEnd(10)} ${whereItStands(steps)}`);
  await pulumi.log.error(["Where the systems stand:", ...lines].join("\n"));
}

/** A system in one line: done, or the step in which it stopped, and what is not done. */
export function whereItStands(steps: readonly StepProgress[]): string {
  const names = (state: StepProgress["state"]) => steps.filter((step) => step.state === state).map(({ step }) => step);
  const stopped = steps.filter(({ state }) => state === "stopped");
  if (stopped.length === 0 && names("waiting").length === 0) return "done";
  const where = stopped.map(({ step, failed }) => (failed.length > 0 ? `${step} (${failed.join(", ")})` : step));
  const waiting = names("waiting");
  const undone = steps.filter(({ state }) => state !== "done").map(({ step }) => step);
  const left = steps.filter(({ state, leaves }) => state !== "waiting" && leaves && undone.includes(leaves.until));
  return [
    ...(where.length > 0 ? [`stopped in ${where.join(", ")}`] : ["not begun"]),
    ...(waiting.length > 0 ? [`not done: ${waiting.join(", ")}`] : []),
    ...left.map(({ leaves }) => `left: ${leaves!.what}`),
  ].join("; ");
}

/**
 * Keeps the SDK's errors about what waits for a failed resource short: the engine reports the failure itself, and these
 * only repeat its name behind a chain of "error serializing property". They still count: the program has failed.
 */
export function shortenFollowingErrors(): void {
  process.prependListener("unhandledRejection", (error) => {
    const failed = failedResource(error);
    if (failed === undefined || !(error instanceof Error)) return;
    const short = `${failed} failed: what comes after it was left as it is`;
    // As a RunError it is shown without the SDK's own stack.
    Object.assign(error, new pulumi.RunError(short), { message: short });
  });
}
