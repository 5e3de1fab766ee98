/** Pods of Jobs that Kubernetes takes away: for a node's drain, or for another pod of a higher priority. */

/**
 * Policy with which such a pod is no failure of its Job, which makes another until its deadline. A pod that is deleted by
 * hand, or that takes more memory or disk than its limits, is one.
 */
export const podFailurePolicy = {
  rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
};
