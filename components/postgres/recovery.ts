/** A database that is brought back from what another one has archived. */
import type * as pulumi from "@pulumi/pulumi";
import { barmanPlugin } from "./names";

/** To which moment: the end of what was archived, a time (ISO 8601), or a position of the write-ahead log. */
export type RecoveryPoint = "latest" | { readonly time: string } | { readonly lsn: string };

export interface Recovery {
  /** The archive's name of the database that is brought back. */
  readonly server: pulumi.Input<string>;
  readonly point: RecoveryPoint;
}

const origin = "origin";

/** What the Cluster's specification says of it: where it begins, and where that lies. */
export function recoveryOf(
  { server, point }: Recovery,
  {
    objectStore,
    ...application
  }: {
    readonly objectStore: unknown;
    readonly database: string;
    readonly owner: string;
    readonly secret: object;
  },
) {
  const recoveryTarget = target(point);
  return {
    bootstrap: { recovery: { source: origin, ...application, ...(recoveryTarget && { recoveryTarget }) } },
    externalClusters: [
      {
        name: origin,
        plugin: { name: barmanPlugin, parameters: { barmanObjectName: objectStore, serverName: server } },
      },
    ],
  };
}

/** What was committed at that very moment is there. */
function target(point: RecoveryPoint): Record<string, string> | undefined {
  if (point === "latest") return undefined;
  return "time" in point ? { targetTime: point.time } : { targetLSN: point.lsn };
}
