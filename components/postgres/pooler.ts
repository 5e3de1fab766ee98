import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type * as pulumi from "@pulumi/pulumi";

/** PgBouncer between an application and its database. */
export interface Pooler {
  /** For how long a client has a connection of the server to itself: until it disconnects, or for a transaction. */
  readonly mode: "session" | "transaction";
  /** Pods. */
  readonly instances: number;
  /** Connections to the server that each pod opens at most for a role. */
  readonly connections: number;
  /** Clients that each pod takes at most. */
  readonly clients: number;
}

/** What the Pooler of a Cluster, and its Service, are called. */
export const poolerName = (cluster: string) => `${cluster}-pooler`;

/** Makes one, run by CloudNativePG's operator, which also gives it the right to ask for passwords. */
export const pooler = (
  cluster: string,
  namespace: pulumi.Input<string>,
  { mode, instances, connections, clients }: Pooler,
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
            // Without it a driver's prepared statements fail as soon as the next transaction has another connection.
            ...(mode === "transaction" && { max_prepared_statements: "200" }),
          },
        },
        template: {
          metadata: { labels: {} },
          spec: { containers: [{ name: "pgbouncer", resources: { requests: { cpu: "50m", memory: "64Mi" } } }] },
        },
      },
    },
    opts,
  );
