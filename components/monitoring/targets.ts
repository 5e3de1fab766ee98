import * as pulumi from "@pulumi/pulumi";
import { databaseTargets } from "./database-targets";
import { operatorObject, type Endpoint, type Labels, type PodMonitorSpec } from "./kinds";
import type { MonitoredSystem, MonitoredWorkload } from "./monitored";
import { allowScrapes } from "./scrapes-allowed";

/** Arguments that are the same for the targets of every system. */
export interface TargetsArgs {
  /** Labels of the monitors, by which Prometheus selects them. */
  readonly selected: Labels;
  /** Default: the Prometheus' own. */
  readonly scrapeInterval?: string;
  /** Namespace of Prometheus, whose scrapes are let in. */
  readonly prometheusNamespace: pulumi.Input<string>;
  readonly images: { readonly postgresExporter: string; readonly redisExporter: string };
}

/** Pods of a system that Prometheus scrapes. */
export interface Target {
  /** Name of the PodMonitor. */
  readonly name: string;
  readonly selector: Labels;
  readonly endpoint: Endpoint;
  /** Label of the pods whose value is the label `job`. */
  readonly jobLabel: string;
  /** Number of the port of the metrics, which the pods need not declare. Default: the endpoint's. */
  readonly port?: number;
  /** Largest number of samples of a scrape. One with more is dropped, and the target is down. Default: any. */
  readonly sampleLimit?: number;
  /** True if nobody but Prometheus has to reach the pods. Default: false. */
  readonly isExporter?: boolean;
}

/** Number of samples above which a label of a workload's metrics must be one that never repeats, such as a user. */
const sampleLimit = 50_000;

/**
 * Targets of a system: its workloads, the servers of its database, its Redis. Each metric gets the label `system`, and
 * `release` if its pod has one.
 */
export class SystemTargets extends pulumi.ComponentResource {
  constructor(system: MonitoredSystem, args: TargetsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:SystemTargets", `${system.name}-targets`, {}, opts);
    const { namespace } = system;
    const targets = [...system.workloads.map(workloadTarget), ...databaseTargets(system, args.images, this)];
    for (const target of targets) {
      const { name } = target;
      const metadata = { name, namespace, labels: args.selected };
      operatorObject("PodMonitor", `${name}-target`, metadata, podMonitor(system.name, target, args), { parent: this });
    }
    const { isolation } = system;
    const exporters = targets.filter(({ isExporter }) => isExporter);
    allowScrapes(namespace, exporters, args.prometheusNamespace, { parent: this });
    const others = isolation ? targets.filter(({ isExporter }) => !isExporter) : [];
    allowScrapes(namespace, others, args.prometheusNamespace, { parent: this, dependsOn: isolation });
    this.registerOutputs({});
  }
}

const nameLabel = "app.kubernetes.io/name";

function workloadTarget({ name, selector, path, port, authorization, interval }: MonitoredWorkload): Target {
  const credentials = authorization && { name: authorization.secret, key: authorization.key };
  return {
    ...{ name, selector, port, sampleLimit },
    jobLabel: nameLabel,
    endpoint: {
      port: "http",
      path,
      ...(interval && { interval }),
      ...(credentials && { authorization: { type: "Bearer", credentials } }),
    },
  };
}

function podMonitor(
  system: string,
  { selector, endpoint, jobLabel, port, sampleLimit }: Target,
  { scrapeInterval }: TargetsArgs,
): PodMonitorSpec {
  const relabelings = [
    // Prometheus finds only the ports that a pod declares, and another one is beside the application's.
    ...(port === undefined ? [] : [toPort(port)]),
    { action: "replace", targetLabel: "system", replacement: system },
    {
      action: "replace",
      sourceLabels: ["__meta_kubernetes_pod_label_app_kubernetes_io_version"],
      targetLabel: "release",
    },
  ] as const;
  const interval = endpoint.interval ?? scrapeInterval;
  return {
    selector: { matchLabels: selector },
    jobLabel,
    ...(sampleLimit !== undefined && { sampleLimit }),
    podMetricsEndpoints: [{ ...endpoint, ...(interval && { interval }), relabelings }],
  };
}

const toPort = (port: number) =>
  ({
    action: "replace",
    sourceLabels: ["__address__"],
    regex: "(.+):\\d+",
    targetLabel: "__address__",
    replacement: `$1:${port}`,
  }) as const;
