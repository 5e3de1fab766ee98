/** Summary of a failed run: the progress of each system. */
import * as pulumi from "@pulumi/pulumi";
import { failedResource, type StepProgress } from "../components/runbook";

/** Part of a system that this file uses. */
interface Progressing {
  progress(): Promise<StepProgress[]>;
}

/**
 * Waits until everything that could be done was done, and prints the progress of each system if one of them stopped.
 *
 * With PULUMI_CONTINUE_ON_ERROR a failed system does not stop the others. Without it the engine ends the program before
 * this can print anything.
 */
export async function reportProgress(
  systems: readonly (readonly [name: string, system: Progressing])[],
): Promise<void> {
  const all = await Promise.all(systems.map(async ([name, system]) => [name, await system.progress()] as const));
  if (all.every(([, steps]) => steps.every(({ state }) => state === "done"))) return;
  // A failed exit code in any case: otherwise the engine would delete resources that were not registered as no longer
  // wanted.
  process.exitCode = 32;
  const lines = all.map(([name, steps]) => `  ${name.padEnd(10)} ${whereItStands(steps)}`);
  await pulumi.log.error(["Where the systems stand:", ...lines].join("\n"));
}

/** Describes the progress of a system in one line: done, or the step in which it stopped and the remaining ones. */
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
 * Shortens the SDK's errors about resources that depend on a failed one. The engine reports the failure itself, and
 * these only repeat its name behind a chain of "error serializing property". They still make the program fail.
 */
export function shortenFollowingErrors(): void {
  process.prependListener("unhandledRejection", (error) => {
    const failed = failedResource(error);
    if (failed === undefined || !(error instanceof Error)) return;
    const short = `${failed} failed: resources that depend on it were left unchanged`;
    // A RunError is shown without the SDK's stack.
    Object.assign(error, new pulumi.RunError(short), { message: short });
  });
}
