/** Check of the workloads that have no probes. */
import type { Check } from "../checks";
import type { Workload } from "../workload";

/** Time for which they are watched, in seconds: beyond the 30 after which their pods count as available. */
const seconds = 60;

/** Returns the check that no container of these Deployments ends. */
export const staysUp = (deployments: readonly string[]): Check => ({
  name: "the workloads without probes stay up",
  staysUp: deployments,
  seconds,
  timeoutSeconds: seconds,
  hint: "Its log says why it ended: kubectl logs --previous POD, in the system's namespace.",
});

/** Returns the check for the workloads without probes. None if all have probes. */
export function stayUp(workloads: readonly Workload[]): Check[] {
  const unprobed = workloads.flatMap((workload) => (workload.unprobed === undefined ? [] : [workload.unprobed]));
  return unprobed.length === 0 ? [] : [staysUp(unprobed)];
}
