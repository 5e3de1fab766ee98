import type { input } from "@pulumi/kubernetes/types";

/** Pods with these labels are spread over nodes that differ in `topologyKey`, as far as there are such with room for them. */
export const spreadOver = (
  topologyKey: string,
  matchLabels: Readonly<Record<string, string>>,
): input.core.v1.TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels },
});
