import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type * as pulumi from "@pulumi/pulumi";
import { limited } from "../kubernetes/resources";
import type { ServerArgs } from "./server";

/** PgBouncer between applications and their database. */
export interface Pooler {
  /** Scope in which a client keeps a server connection: until it disconnects, or for a transaction. */
  readonly mode: "session" | "transaction";
  /** Number of pods. */
  readonly instances: number;
  /** Limit of connections to the server, per pod and role. */
  readonly connections: number;
  /** Limit of clients per pod. */
  readonly clients: number;
}

/** Returns the name of a Cluster's Pooler and of its Service. */
export const poolerName = (cluster: string) => `${cluster}-pooler`;

/** Creates a Pooler. CloudNativePG's operator runs it, and grants it the right to read passwords. */
export const pooler = (
  cluster: string,
  namespace: pulumi.Input<string>,
  { mode, instances, connections, clients, imagePullSecrets }: Pooler & Pick<ServerArgs, "imagePullSecrets">,
  opts: pulumi.CustomResourceOptions,
): CustomResource =>
  new CustomResource(
    poolerName(cluster),
    {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Pooler",
      metadata: {
        name: poolerName(cluster),
        namespace,
        annotations: {
          "pulumi.com/waitFor": JSON.stringify([
            "jsonpath={.status.phase}=active",
            `jsonpath={.status.instances}=${instances}`,
          ]),
        },
      },
      spec: {
        cluster: { name: cluster },
        type: "rw",
        instances,
        pgbouncer: {
          poolMode: mode,
          parameters: {
            default_pool_size: String(connections),
            max_client_conn: String(clients),
            // Without it a driver's prepared statements fail when the next transaction gets another connection.
            ...(mode === "transaction" && { max_prepared_statements: "200" }),
          },
        },
        template: {
          metadata: { labels: {} },
          spec: {
            ...(imagePullSecrets && { imagePullSecrets }),
            containers: [{ name: "pgbouncer", resources: limited({ requests: { cpu: "50m", memory: "64Mi" } }, []) }],
          },
        },
      },
    },
    opts,
  );
