/**
 * Watches a release after its rollout, in a pod: asks Prometheus the conditions in WATCH again and again, and exits with 1
 * as soon as one has been violated for long enough. Failures are printed last, since Pulumi's error shows the end.
 */
import type { DeploymentRollout } from "../../workload/in-pod/wait";
import type { WatchPlan } from "../condition";
import { conclusion } from "./conclusion";
import { keepPassed } from "./deployments";
import { duration } from "./duration";
import { Prometheus } from "./prometheus";
import { notRunning, react, type WatchedRelease } from "./reaction";
import { rolledSince } from "./since";
import { Watching } from "./watching";

const { WATCH = "", ROLLOUTS = "[]", ROLLOUT_SECONDS, SCHEMA = "", PROMETHEUS_TOKEN } = process.env;

/** Resolves to the failures. */
async function main(): Promise<readonly string[]> {
  const plan = JSON.parse(WATCH) as WatchPlan;
  const { system, release, url, seconds, beforeSeconds, onFailure, leaves } = plan;
  const rollouts = JSON.parse(ROLLOUTS) as DeploymentRollout[];
  const rolloutSeconds = Number(ROLLOUT_SECONDS);
  const watched: WatchedRelease = {
    ...{ system, release, onFailure, leaves },
    ...{ rollouts, rolloutSeconds, schema: SCHEMA },
  };
  const gone = await notRunning(watched);
  if (gone !== undefined) return [gone];
  const since = await rolledSince(
    rollouts.map(({ deployment }) => deployment),
    new Date(),
  );
  console.log(
    `${system} ${release} is watched for ${duration(seconds)}, and compared with the ${duration(beforeSeconds)} before ` +
      since.toISOString(),
  );
  const watching = new Watching(plan, new Prometheus(url, PROMETHEUS_TOKEN));
  const conditions = plan.conditions.filter(({ skip }) => skip === undefined);
  const judges = await watching.judges(conditions, since);
  const violations = await watching.violations(judges);
  if (violations.length > 0) {
    // The numbers are told whatever becomes of the reaction.
    const reaction = await react(watched).catch(({ message }: Error) => `What runs now is not known: ${message}`);
    return [...violations, `  ${reaction}`];
  }
  const { lines, failures } = conclusion(judges, plan);
  for (const line of lines) console.log(line);
  if (failures.length === 0) await keepPassed(rollouts, { release, schema: SCHEMA });
  return failures;
}

main().then(
  (failures) => {
    if (failures.length === 0) return;
    console.error(failures.join("\n"));
    process.exitCode = 1;
  },
  (error: Error) => {
    console.error(`FAILED ${error.message}`);
    process.exitCode = 1;
  },
);
