/** Reaction to a release that the watch names bad. */
import type { DeploymentRollout } from "../../workload/in-pod/wait";
import type { WatchPlan } from "../condition";
import type { Watched } from "../record";
import { deploymentsOf, revisionOf, takenBackOf, watchedOf } from "./deployments";
import { planned, takeBack } from "./take-back";

/** Release that is watched. */
export interface WatchedRelease extends Pick<WatchPlan, "system" | "release" | "onFailure" | "leaves"> {
  readonly rollouts: readonly DeploymentRollout[];
  /** Identifies the schema of now. */
  readonly schema: string;
  /** Limit for a rollout without progress, in seconds. */
  readonly rolloutSeconds: number;
}

/** Reacts to a release that is bad. Resolves to what was done, or is to be done. */
export async function react(watched: WatchedRelease): Promise<string> {
  const { system, release, rollouts, schema, rolloutSeconds, onFailure } = watched;
  const advice = adviceOf(watched, (await deploymentsOf(rollouts)).map(watchedOf));
  if (onFailure === "stop") return advice;
  const way = await planned(rollouts, schema);
  if ("refused" in way) return `It is not taken back by itself: ${way.refused}.\n  ${advice}`;
  const failure = await takeBack(way, release, rolloutSeconds).catch(({ message }: Error) => message);
  if (failure !== undefined) return `Taking it back to ${way.release} failed: ${failure}\n  ${advice}`;
  const { leaves = [] } = watched;
  const rest = leaves.length > 0 ? `, as ${leaves.join(", ")} has it` : "";
  return (
    `${release} was taken back: ${way.release} runs again, and the configuration still says ${release}${rest}. Say so there: ` +
    `pulumi config set ${system}:release ${way.release}, then pulumi up`
  );
}

/** Explains why there is no such release to watch: an earlier watch may have taken it back. Undefined if it runs. */
export async function notRunning({ system, release, rollouts }: WatchedRelease): Promise<string | undefined> {
  const deployments = await deploymentsOf(rollouts);
  const other = deployments.find((deployment, index) => revisionOf(deployment) !== rollouts[index]!.revision);
  if (!other) return undefined;
  const takenBack = takenBackOf(other);
  const former = watchedOf(other)?.release;
  const left = deployments.filter((each) => revisionOf(each) !== watchedOf(each)?.revision);
  if (takenBack?.release !== release || former === undefined)
    return (
      `FAILED ${other.metadata.name} has other pods than those of ${release}: somebody has changed it. ` +
      "Find out who, then: pulumi refresh, and pulumi up"
    );
  const parts =
    left.length === 0 ? "" : `, but not wholly: ${left.map(({ metadata }) => metadata.name).join(", ")} still has it`;
  return (
    `FAILED ${release} was taken back by the watch at ${takenBack.at}, and ${former} runs${parts}. Say so in the configuration ` +
    `(pulumi config set ${system}:release ${former}), or set a later release; then pulumi up`
  );
}

/** The way back by configuration. */
function adviceOf({ system, release, schema }: WatchedRelease, watched: readonly (Watched | undefined)[]): string {
  const former = watched.find((each) => each && each.release !== release);
  const set = `pulumi config set ${system}:release ${former?.release ?? "RELEASE"}`;
  const which = former ? "" : " (the release before)";
  const ofSchema = former?.schema === schema ? "" : `; and ${system}:schema.target, if the schema is to go back, too`;
  return `To take ${release} back: ${set}${which}${ofSchema}; then pulumi up`;
}
