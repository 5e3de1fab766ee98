/** A database that is brought back from what another one has archived. */
import * as pulumi from "@pulumi/pulumi";
import { barmanPlugin } from "./names";
import { serverSpec, type ServerArgs } from "./server";

/** To which moment: the end of what was archived, a time (ISO 8601), or a position of the write-ahead log. */
export type RecoveryPoint = "latest" | { readonly time: string } | { readonly lsn: string };

export interface Recovery {
  /** The archive's name of the database that is brought back. */
  readonly server: pulumi.Input<string>;
  readonly point: RecoveryPoint;
}

/** Where a Cluster's archive lies, and what is in it for its applications. */
export interface RecoveredApplication {
  /** The name of the ObjectStore. */
  readonly objectStore: pulumi.Input<string>;
  readonly database: string;
  readonly owner: string;
  /** The Secret with the owner's password. */
  readonly secret: { readonly name: pulumi.Input<string> };
}

const origin = "origin";

/** The part of a Cluster's specification that says what it is brought back from. */
export function recoveryOf({ server, point }: Recovery, { objectStore, ...application }: RecoveredApplication) {
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

export interface RestoredClusterArgs {
  readonly server: ServerArgs;
  /** PostgreSQL's settings; recovery needs some of them not lower than in the database that is brought back. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly recovery: Recovery;
  readonly application: RecoveredApplication;
}

/** A Cluster of one server that is brought back to be looked at: it is archived nowhere. */
export const restoredCluster = (
  name: string,
  { server, parameters, recovery, application }: RestoredClusterArgs,
): pulumi.Output<object> =>
  pulumi.output({
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name },
    spec: {
      ...serverSpec(server),
      instances: 1,
      postgresql: { parameters },
      ...recoveryOf(recovery, application),
    },
  });

/** What was committed at that very moment is there. */
function target(point: RecoveryPoint): Record<string, string> | undefined {
  if (point === "latest") return undefined;
  return "time" in point ? { targetTime: point.time } : { targetLSN: point.lsn };
}
