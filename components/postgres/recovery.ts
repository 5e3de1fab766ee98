/** Recovery of a database from the archive of another one. */
import * as pulumi from "@pulumi/pulumi";
import { barmanPlugin } from "./names";
import { serverSpec, type ServerArgs } from "./server";

/** Point to recover to: the end of the archived WAL, a time (ISO 8601), or an LSN. */
export type RecoveryPoint = "latest" | { readonly time: string } | { readonly lsn: string };

export interface Recovery {
  /** Server name of the source in the archive. */
  readonly server: pulumi.Input<string>;
  readonly point: RecoveryPoint;
}

/** Application database of a recovered Cluster. */
export interface RecoveredApplication {
  /** Name of the ObjectStore that holds the archive. */
  readonly objectStore: pulumi.Input<string>;
  readonly database: string;
  readonly owner: string;
  /** Secret with the owner's password. */
  readonly secret: { readonly name: pulumi.Input<string> };
}

const origin = "origin";

/** Returns the part of a Cluster's specification that describes its recovery. */
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
  /** PostgreSQL settings. Recovery requires some of them to be at least as high as in the source. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly recovery: Recovery;
  readonly application: RecoveredApplication;
}

/** Describes a Cluster with one server that is restored for verification and archives nothing. */
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

/** Returns the recovery target, which is inclusive. */
function target(point: RecoveryPoint): Record<string, string> | undefined {
  if (point === "latest") return undefined;
  return "time" in point ? { targetTime: point.time } : { targetLSN: point.lsn };
}
