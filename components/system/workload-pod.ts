/** The stack's own part of the pods of a workload, beside what the runbook says of them. */
import type { Environment } from "../kubernetes/environment";
import type { Mount, PodArgs } from "../kubernetes/pod";
import type { Step } from "../runbook";
import { namesOf, type WorkloadNames } from "../workload/names";
import type { Foundation } from "./foundation";
import { environmentOfWorkload } from "./secrets";
import type { WorkloadSettings } from "./workload-settings";

/** The stack's own part of a pod. */
export interface OwnPod extends Pick<PodArgs, "nodeSelector" | "tolerations" | "resources"> {
  readonly environment: Environment;
  readonly volumes: readonly Mount[];
}

/**
 * Returns the settings of a workload.
 * @throws Error if the system's settings do not declare it
 */
export function settingsOf(
  { description, args }: Pick<Foundation, "description" | "args">,
  name: string,
): WorkloadSettings {
  const { workloads } = args.settings;
  const found = workloads[name];
  if (found) return found;
  throw new Error(
    `the settings of the system ${description.name} have no workload "${name}"; those that they have: ${Object.keys(workloads).join(", ")}. Add it to their key workloads`,
  );
}

/** Returns the names of a workload in the cluster. */
export function workloadNames(foundation: Pick<Foundation, "description" | "args">, name: string): WorkloadNames {
  const settings = settingsOf(foundation, name);
  return namesOf(name, settings.port, settings);
}

/**
 * Returns the stack's own part of a pod.
 * @param workload name of the workload whose settings it has
 * @param name name of what the pod belongs to, for the Secret with its secret variables
 */
export function podOf(foundation: Foundation, workload: string, name: string, step: Step): OwnPod {
  const settings = settingsOf(foundation, workload);
  const { environment, secrets, writable } = settings;
  return {
    environment: {
      ...environment,
      ...environmentOfWorkload(foundation, { name: `${name}-variables`, keys: secrets, parent: step }),
    },
    volumes: Object.entries(writable).map(([path, scratch]) => ({ path, scratch })),
    ...(settings.resources && { resources: resourcesOf(settings.resources) }),
    ...placeOf(settings),
  };
}

const resourcesOf = ({ cpu, memory, cpuLimit, memoryLimit }: NonNullable<WorkloadSettings["resources"]>) => ({
  requests: { cpu, memory },
  ...((cpuLimit ?? memoryLimit) && {
    limits: { ...(cpuLimit && { cpu: cpuLimit }), ...(memoryLimit && { memory: memoryLimit }) },
  }),
});

/** Returns the nodes that may run pods with a workload's image. Empty for all. */
export const placeOf = ({
  nodeSelector,
  tolerations,
}: WorkloadSettings): Pick<PodArgs, "nodeSelector" | "tolerations"> => ({
  ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
  ...(tolerations.length > 0 && { tolerations }),
});
