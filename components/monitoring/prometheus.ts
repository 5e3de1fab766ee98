import type * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";
import { mebibytes } from "../kubernetes/quantity";
import { pullSecretsFor, sharedPullSecret } from "../kubernetes/registries";
import { limited } from "../kubernetes/resources";
import { restrictedPod } from "../kubernetes/restricted";
import { clusterAccount } from "./cluster-account";
import { operatorObject, type Labels } from "./kinds";
import type { OperatorSettings } from "./settings";
import { versionOf } from "./versions";

export interface ServersArgs {
  readonly namespace: pulumi.Output<string>;
  readonly settings: OperatorSettings;
  /** Labels of what Prometheus and Alertmanager select, in every namespace. */
  readonly selected: Labels;
  /** Hosts of the registries that the namespace has logins for. */
  readonly hosts: readonly string[];
  /** Name of the stack, the label `stack` of what leaves Prometheus. */
  readonly stack: string;
}

/** Name of Prometheus, of Alertmanager, and so of what the operator makes for them. */
export const serversName = "runsheet";

/** The operator says so once the servers of its object are ready. */
const waitFor = { "pulumi.com/waitFor": "condition=Available" };

/** Everywhere: a system's namespace may be one of others, whose labels are theirs. */
const everywhere = {};

/** Prometheus with its rights, and Alertmanager. */
export function servers(args: ServersArgs, parent: pulumi.Resource): void {
  const opts = { parent };
  const { namespace, settings, selected, stack, hosts } = args;
  const { prometheus, alertmanager, images, scrapeInterval } = settings;
  const labels = { "app.kubernetes.io/managed-by": "runsheet" };
  const metadata = { name: serversName, namespace, labels, annotations: waitFor };
  const selector = { matchLabels: selected };
  // The operator adds its reloader to every pod.
  const pulling = (image: string) => {
    const imagePullSecrets = pullSecretsFor(sharedPullSecret, hosts, [image, images.configReloader]);
    return imagePullSecrets && { imagePullSecrets };
  };
  const serviceAccountName = clusterAccount("prometheus", namespace, rights, parent);
  operatorObject(
    "Prometheus",
    "prometheus",
    metadata,
    {
      ...serverSpec(prometheus, images.prometheus),
      ...pulling(images.prometheus),
      serviceAccountName,
      retention: `${prometheus.retentionDays}d`,
      retentionSize: retentionSize(prometheus.storage),
      scrapeInterval,
      evaluationInterval: scrapeInterval,
      externalLabels: { stack },
      podMonitorSelector: selector,
      podMonitorNamespaceSelector: everywhere,
      serviceMonitorSelector: selector,
      serviceMonitorNamespaceSelector: everywhere,
      probeSelector: selector,
      probeNamespaceSelector: everywhere,
      ruleSelector: selector,
      ruleNamespaceSelector: everywhere,
      // The operator makes this Service for Alertmanager.
      alerting: { alertmanagers: [{ namespace, name: "alertmanager-operated", port: "web" }] },
    },
    opts,
  );
  operatorObject(
    "Alertmanager",
    "alertmanager",
    metadata,
    {
      ...serverSpec(alertmanager, images.alertmanager),
      ...pulling(images.alertmanager),
      alertmanagerConfigSelector: selector,
      alertmanagerConfigNamespaceSelector: everywhere,
      // Each route names the namespace of its alerts itself.
      alertmanagerConfigMatcherStrategy: { type: "None" },
    },
    opts,
  );
}

function serverSpec(settings: OperatorSettings["alertmanager"], image: string) {
  const { replicas, resources, storage, storageClass, url } = settings;
  const { cpu, memory, memoryLimit } = resources;
  const spec: input.core.v1.PersistentVolumeClaimSpec = {
    accessModes: ["ReadWriteOnce"],
    storageClassName: storageClass,
    resources: { requests: { storage } },
  };
  return {
    image,
    version: `v${versionOf(image)}`,
    replicas,
    ...(url !== undefined && { externalUrl: url }),
    resources: limited({ requests: { cpu, memory }, limits: { memory: memoryLimit } }, []),
    securityContext: restrictedPod(),
    storage: { volumeClaimTemplate: { spec } },
  };
}

/** Four fifths of the volume, since the log that is written ahead is not counted. */
const retentionSize = (storage: string) => `${Math.floor(mebibytes(storage) * 0.8)}MiB`;

/** Rights to find targets, and to read the metrics of kubelets. Secrets are read by the operator, not by Prometheus. */
const rights = [
  { apiGroups: [""], resources: ["services", "endpoints", "pods"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
];
