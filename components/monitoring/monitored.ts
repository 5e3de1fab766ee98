/** A system as the monitoring sees it. */
import type * as pulumi from "@pulumi/pulumi";
import type { Environment, SecretKey } from "../kubernetes/environment";

/** Workload whose pods export metrics. */
export interface MonitoredWorkload {
  /** Name of the Deployment, which is the label `job` of the metrics. */
  readonly name: string;
  /** Labels by which the pods are found. */
  readonly selector: Readonly<Record<string, string>>;
  /** Path of the metrics. */
  readonly path: string;
  /** Port of the metrics. Default: that of the application. */
  readonly port?: number;
  /** Token that is sent as `Authorization: Bearer`. Default: none. */
  readonly authorization?: SecretKey;
  /** Time between two scrapes, such as "30s". Default: that of the stack. */
  readonly interval?: string;
}

/** A database that CloudNativePG runs, whose servers export metrics themselves. */
interface Cluster {
  readonly cluster: string;
  /** Name of the pooler. Default: there is none. */
  readonly pooler?: string;
}

/** A database elsewhere, which an exporter asks. */
interface Server {
  /** URL as the exporter's driver knows it (lib/pq): its text, or where it is already. */
  readonly url: pulumi.Output<string> | SecretKey;
  /** Variables by which the exporter verifies the server. */
  readonly environment: Environment;
}

/** Address that users reach. */
export interface MonitoredAddress {
  readonly url: string;
  /** True if only a success counts. False if any answer below 500 does: the path may need a login, or not be there. */
  readonly success: boolean;
}

/** A system, its datastores and its addresses. */
export interface MonitoredSystem {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  /** The workloads that export metrics. */
  readonly workloads: readonly MonitoredWorkload[];
  readonly database: Cluster | Server;
  /** Variables of redis_exporter: REDIS_ADDR, and the file by which it verifies the server. Undefined without a Redis. */
  readonly redis: Environment | undefined;
  /** Keys that are in Redis while the maintenance mode is on. Default: Redis does not tell it. */
  readonly maintenanceKeys?: readonly string[];
  readonly addresses: readonly MonitoredAddress[];
  /** Authority that signed the certificate of the addresses, as PEM. Default: the publicly trusted ones. */
  readonly publicCa?: string;
  /** Gives the pods of its namespace the logins of their images' registries. Default: they need none. */
  readonly pulling?: pulumi.ResourceTransformation;
  /** Network policies that keep other namespaces out. Default: none. */
  readonly isolation?: pulumi.Resource;
}
