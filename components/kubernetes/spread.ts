import type { input } from "@pulumi/kubernetes/types";

/** Spreads pods with these labels over nodes that differ in `topologyKey`, as far as such nodes have room. */
export const spreadOver = (
  topologyKey: string,
  matchLabels: Readonly<Record<string, string>>,
): input.core.v1.TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels },
});
