/**
 * Kinds of the Prometheus operator, as far as Runsheet sets them. Their documentation is the operator's "API reference":
 * https://prometheus-operator.dev/docs/api-reference/api/
 */
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

export type Labels = Readonly<Record<string, string>>;

/** Key of a Secret in the namespace of the object that refers to it. */
export interface SecretReference {
  readonly name: pulumi.Input<string>;
  readonly key: string;
}

/** Change of a target's or a sample's labels. */
export interface Relabeling {
  readonly action?: "replace" | "keep" | "drop" | "labeldrop";
  readonly sourceLabels?: readonly string[];
  readonly regex?: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
}

/** Endpoint that Prometheus requests. */
export interface Endpoint {
  /** Name of the port of a Service's or pod's. */
  readonly port: string;
  /** Default: /metrics. */
  readonly path?: string;
  /** Default: http. */
  readonly scheme?: "http" | "https";
  /** Default: the Prometheus' own. */
  readonly interval?: string;
  /** Keeps the labels of the samples where the target has others of the same names. Default: false. */
  readonly honorLabels?: boolean;
  /** Default: none. */
  readonly authorization?: { readonly type: "Bearer"; readonly credentials: SecretReference };
  /** File of Prometheus' pod with a token. Of a ServiceMonitor only. Default: none. */
  readonly bearerTokenFile?: string;
  readonly tlsConfig?: { readonly caFile?: string; readonly insecureSkipVerify?: boolean };
  readonly relabelings?: readonly Relabeling[];
  readonly metricRelabelings?: readonly Relabeling[];
}

interface Selector {
  readonly matchLabels?: Labels;
}

/** Selection of namespaces: all, or those named. */
interface NamespaceSelection {
  readonly matchNames: readonly pulumi.Input<string>[];
}

export interface PodMonitorSpec {
  readonly selector: Selector;
  /** Label of the pods whose value becomes the label `job`. Default: the namespace's and the PodMonitor's name. */
  readonly jobLabel?: string;
  /** Default: any number of samples. */
  readonly sampleLimit?: number;
  readonly podMetricsEndpoints: readonly Endpoint[];
}

export interface ServiceMonitorSpec {
  readonly selector: Selector;
  readonly namespaceSelector?: NamespaceSelection;
  /** Label of the Service whose value becomes the label `job`. Default: the Service's name. */
  readonly jobLabel?: string;
  readonly endpoints: readonly Endpoint[];
}

export interface ProbeSpec {
  readonly jobName: string;
  readonly interval?: string;
  /** Module of the prober's configuration. */
  readonly module: string;
  readonly prober: { readonly url: pulumi.Input<string> };
  readonly targets: {
    readonly staticConfig: {
      readonly static: readonly string[];
      readonly labels: Readonly<Record<string, pulumi.Input<string>>>;
    };
  };
}

/** Groups of rules, as in a rule file of Prometheus. */
export interface PrometheusRuleSpec {
  readonly groups: readonly object[];
}

/** Route, receivers and inhibition, as in "AlertmanagerConfig" v1alpha1. */
export interface AlertmanagerConfigSpec {
  readonly route?: object;
  readonly receivers?: readonly object[];
  readonly inhibitRules?: readonly object[];
  readonly muteTimeIntervals?: readonly object[];
}

/** Fields that the operator's servers have in common: they are StatefulSets. */
interface ServerSpec {
  readonly image: string;
  readonly version: string;
  readonly replicas: number;
  /** URL at which people reach it. Default: the pod's. */
  readonly externalUrl?: string;
  readonly serviceAccountName?: pulumi.Input<string>;
  /** Secrets with logins of the images' registries. Default: none. */
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly resources: input.core.v1.ResourceRequirements;
  readonly securityContext: input.core.v1.PodSecurityContext;
  readonly storage: { readonly volumeClaimTemplate: { readonly spec: input.core.v1.PersistentVolumeClaimSpec } };
  readonly podMetadata?: { readonly labels: Labels };
}

export interface PrometheusSpec extends ServerSpec {
  readonly retention: string;
  readonly retentionSize?: string;
  readonly scrapeInterval: string;
  readonly evaluationInterval: string;
  readonly externalLabels: Labels;
  readonly podMonitorSelector: Selector;
  readonly podMonitorNamespaceSelector: Selector;
  readonly serviceMonitorSelector: Selector;
  readonly serviceMonitorNamespaceSelector: Selector;
  readonly probeSelector: Selector;
  readonly probeNamespaceSelector: Selector;
  readonly ruleSelector: Selector;
  readonly ruleNamespaceSelector: Selector;
  readonly alerting: {
    readonly alertmanagers: readonly {
      readonly namespace: pulumi.Input<string>;
      readonly name: string;
      readonly port: string;
    }[];
  };
}

export interface AlertmanagerSpec extends ServerSpec {
  readonly alertmanagerConfigSelector: Selector;
  readonly alertmanagerConfigNamespaceSelector: Selector;
  readonly alertmanagerConfigMatcherStrategy: { readonly type: "None" | "OnNamespace" };
}

interface Specs {
  readonly Alertmanager: AlertmanagerSpec;
  readonly AlertmanagerConfig: AlertmanagerConfigSpec;
  readonly PodMonitor: PodMonitorSpec;
  readonly Probe: ProbeSpec;
  readonly Prometheus: PrometheusSpec;
  readonly PrometheusRule: PrometheusRuleSpec;
  readonly ServiceMonitor: ServiceMonitorSpec;
}

interface Metadata {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
  readonly annotations?: Labels;
}

/** The operator's release has AlertmanagerConfig in v1alpha1 only; v1beta1 needs its conversion webhook. */
const versionOf = (kind: keyof Specs) => (kind === "AlertmanagerConfig" ? "v1alpha1" : "v1");

/** Creates an object of the operator's. */
export const operatorObject = <Kind extends keyof Specs>(
  kind: Kind,
  name: string,
  metadata: Metadata,
  spec: Specs[Kind],
  opts: pulumi.CustomResourceOptions,
): CustomResource =>
  new CustomResource(
    name,
    { apiVersion: `monitoring.coreos.com/${versionOf(kind)}`, kind, metadata: { ...metadata }, spec: { ...spec } },
    opts,
  );
