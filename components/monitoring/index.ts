import * as pulumi from "@pulumi/pulumi";
import { pullingFrom, pullSecret, sharedPullSecret, type RegistryLogins } from "../kubernetes/registries";
import type { KubernetesObject } from "../platform/manifest";
import type { LoggedNamespace } from "./collector-configuration";
import { deliver, type MonitoringContents } from "./contents";
import { install, selectedLabels } from "./install";
import { collectLogs } from "./logs";
import type { MonitoredSystem } from "./monitored";
import { monitoringNamespaces } from "./namespaces";
import { PrometheusOperator } from "./operator";
import { Probes } from "./probes";
import type { MonitoringSettings } from "./settings";
import { SystemTargets } from "./targets";

export type { MonitoringContents } from "./contents";
export type { MonitoredSystem } from "./monitored";

export interface MonitoringArgs {
  readonly settings: MonitoringSettings;
  /** Name of the stack, the label `stack` of what leaves Prometheus. */
  readonly stack: string;
  readonly systems: readonly MonitoredSystem[];
  /** Names of the systems' namespaces, for the paths of their logs. */
  readonly namespaces: readonly LoggedNamespace[];
  /** Rules, routes and dashboards. */
  readonly contents: MonitoringContents;
  /** Value of the header Authorization of the logs' store. Default: none is sent. */
  readonly logsAuthorization?: pulumi.Input<string>;
  /** Logins at registries of private images. Default: none. */
  readonly registries?: RegistryLogins;
  /** Directory in which downloaded manifests are cached. */
  readonly manifestCache: string;
  /** Protects the namespace with the volumes: deleting it requires `pulumi state unprotect` first. */
  readonly protect: boolean;
}

/** Metrics, alerts, dashboards and logs of a stack's systems, by engine. */
export class Monitoring extends pulumi.ComponentResource {
  private constructor(
    args: MonitoringArgs,
    manifest: readonly KubernetesObject[],
    opts?: pulumi.ComponentResourceOptions,
  ) {
    let kinds: pulumi.Resource | undefined;
    // A component's `dependsOn` is not inherited by its children, and everywhere among them are objects of these kinds.
    const afterKinds: pulumi.ResourceTransformation = ({ type, props, opts }) =>
      kinds && isOfOperator(type) ? { props, opts: pulumi.mergeOptions(opts, { dependsOn: kinds }) } : undefined;
    const { settings, systems, contents, protect, stack, registries = {} } = args;
    const hosts = Object.keys(registries);
    const transformations = [afterKinds, pullingFrom(sharedPullSecret, hosts)];
    super("runsheet:index:Monitoring", "monitoring", {}, pulumi.mergeOptions(opts, { transformations }));
    const { images, engine } = settings;
    const selected = selectedLabels(settings);
    const provide = (namespace: pulumi.Output<string>, resource: string) =>
      hosts.length > 0 && pullSecret(sharedPullSecret, namespace, registries, { parent: this }, resource);
    const { namespace, resource, nodes } = monitoringNamespaces(settings, protect, this, provide);
    if (engine === "prometheus-operator") {
      const operator = { namespace: resource, namespaceName: settings.namespace, images: settings.images, protect };
      kinds = new PrometheusOperator(operator, manifest, { parent: this }).kinds;
      install({ settings, namespace, nodes: nodes(), selected, stack, hosts }, this);
    }
    const scrapeInterval = engine === "existing" ? settings.scrapeInterval : undefined;
    const prometheusNamespace = engine === "existing" ? settings.prometheusNamespace : settings.namespace;
    for (const system of systems) {
      const targets = { selected, scrapeInterval, prometheusNamespace, images };
      const transformations = system.pulling && [system.pulling];
      new SystemTargets(system, targets, { parent: this, transformations });
    }
    const probes = {
      namespace,
      image: images.blackboxExporter,
      systems,
      selected,
      scrapeInterval,
      prometheusNamespace,
    };
    new Probes(probes, { parent: this });
    collectLogs({ ...args, namespace, nodes, selected, alerts: contents.logAlerts }, this);
    const places = new Map(systems.map((system) => [system.name, system.namespace]));
    const dashboardLabels = settings.dashboards.labels;
    deliver(contents, { systems: places, namespace, selected, dashboardLabels }, { parent: this });
    this.registerOutputs({});
  }

  /** Creates the monitoring. The manifest of the operator is fetched if the stack installs it. */
  static async create(args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions): Promise<Monitoring> {
    const installs = args.settings.engine === "prometheus-operator";
    return new Monitoring(args, installs ? await PrometheusOperator.manifest(args.manifestCache) : [], opts);
  }
}

const isOfOperator = (type: string) => type.startsWith("kubernetes:monitoring.coreos.com/");
