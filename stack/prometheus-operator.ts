/** The Prometheus operator of the cluster: what does not fit the monitoring's engine is refused before a change. */
import * as pulumi from "@pulumi/pulumi";
import { isSelected, type Selector } from "../components/kubernetes/selector";
import { monitoringKinds } from "../components/monitoring/operator";
import type { MonitoringSettings } from "../components/monitoring/settings";
import type { Cluster } from "./cluster";
import { definitions, kindsOfOthers, releaseOf, type Definition } from "./kinds";
import { refusal } from "./refusal";

/** Kinds of a group's version, as discovery lists them. Every account may read it. */
interface Discovered {
  readonly resources: readonly { readonly name: string }[];
}

const group = "monitoring.coreos.com";
const engine = "runsheet:monitoring.engine";

/**
 * Checks that the cluster has the operator if the engine is `existing`, and none of others if it is `prometheus-operator`.
 * @throws RunError that lists what does not fit, and the ways out
 */
export async function refuseUnfitOperator(cluster: Cluster, settings: MonitoringSettings | undefined): Promise<void> {
  if (!settings) return;
  const problems =
    settings.engine === "existing" ? await missing(cluster, settings) : await ofOthers(cluster, settings.namespace);
  if (problems.length > 0) throw refusal("the monitoring does not fit the cluster", problems);
  if (settings.engine === "existing") await warnOfLabels(cluster, settings.labels);
}

/** Kinds that the monitoring makes objects of. */
const needed = {
  v1: ["podmonitors", "servicemonitors", "probes", "prometheusrules"],
  v1alpha1: ["alertmanagerconfigs"],
} as const;

async function missing(
  { read }: Cluster,
  { prometheusNamespace, receivers }: Extract<MonitoringSettings, { readonly engine: "existing" }>,
): Promise<string[]> {
  const hasRoutes = Object.keys(receivers).length > 0;
  const versions = hasRoutes ? (["v1", "v1alpha1"] as const) : (["v1"] as const);
  const absent = await Promise.all(
    versions.map(async (version) => {
      const found = await read<Discovered>(`/apis/${group}/${version}`);
      const names = found?.resources.map(({ name }) => name) ?? [];
      return needed[version].filter((name) => !names.includes(name)).map((name) => `${name}.${group}/${version}`);
    }),
  );
  const kinds = absent.flat();
  const isThere = await read(`/api/v1/namespaces/${prometheusNamespace}`);
  return [
    ...(kinds.length > 0
      ? [
          `the cluster does not have ${kinds.join(", ")}, and ${engine} is existing: install the Prometheus operator, ` +
            `or set ${engine} to prometheus-operator`,
        ]
      : []),
    ...(isThere
      ? []
      : [
          `the namespace ${prometheusNamespace} does not exist, and only from there the exporters are reached: set ` +
            "runsheet:monitoring.prometheusNamespace to that of the cluster's Prometheus",
        ]),
  ];
}

/** The definition by which an operator is known: it stays when the others are removed one by one. */
const definition = `${definitions}/prometheuses.${group}`;

/** Explains whose operator the cluster has. A removed monitoring of this namespace has left its definitions behind. */
async function ofOthers(cluster: Cluster, namespace: string): Promise<string[]> {
  const found = await cluster.read<Definition>(definition);
  if (!found) return withoutOperator(cluster, namespace);
  const { name: release, namespace: where } = releaseOf(found) ?? {};
  if (release === monitoringKinds && where === namespace) return [];
  if (release === monitoringKinds)
    return [
      `the cluster has the Prometheus operator's definitions of a monitoring in the namespace ${where}: set ${engine} to ` +
        `existing to use it, or, if it was this stack's, runsheet:monitoring.namespace to ${where}`,
    ];
  return [
    `the cluster has a Prometheus operator that is not this stack's (prometheuses.${group}), and a cluster has one: set ` +
      `${engine} to existing`,
  ];
}

/** Explains kinds without an operator: others bring some of them along, and Helm would refuse to own them. */
async function withoutOperator(cluster: Cluster, namespace: string): Promise<string[]> {
  const foreign = await kindsOfOthers(cluster, [group], { name: monitoringKinds, namespace });
  if (!foreign) return [];
  return [
    `the kinds ${foreign.names} are ${foreign.whose}: set ${engine} to existing if an operator reads ` +
      `them. If none does, give them to the stack: ${foreign.taking}`,
  ];
}

interface Server {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly podMonitorSelector?: Selector };
}

/**
 * Warns if none of the cluster's Prometheus servers selects the monitors. It is no error: something else may read them, and
 * not every account may list the servers.
 */
async function warnOfLabels({ read }: Cluster, labels: Readonly<Record<string, string>>): Promise<void> {
  const list = await read<{ readonly items: readonly Server[] }>(`/apis/${group}/v1/prometheuses`).catch(
    () => undefined,
  );
  const servers = list?.items ?? [];
  if (servers.length === 0 || servers.some(({ spec }) => isSelected(labels, spec.podMonitorSelector))) return;
  const wanted = servers.map(
    ({ metadata: { name, namespace }, spec }) =>
      `${namespace}/${name} ${JSON.stringify(spec.podMonitorSelector ?? "none")}`,
  );
  await pulumi.log.warn(
    `no Prometheus of the cluster selects PodMonitors with runsheet:monitoring.labels ${JSON.stringify(labels)}: nothing ` +
      `would be scraped. What they select: ${wanted.join(", ")}`,
  );
}
