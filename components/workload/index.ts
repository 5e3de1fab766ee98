import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { HorizontalPodAutoscaler, type HorizontalPodAutoscalerArgs } from "@pulumi/kubernetes/autoscaling/v2";
import { Service } from "@pulumi/kubernetes/core/v1";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";
import { changeId } from "../identity/generation";
import { contentHash } from "../identity/hash";
import { annotationOfValues } from "../kubernetes/environment";
import { podSpec, type PodArgs } from "../kubernetes/pod";
import { namesOf, type ChosenNames, type WorkloadNames } from "./names";
import { revisionAnnotation } from "./revision";
import { spreadOver } from "../kubernetes/spread";
import type { DeploymentRollout } from "./in-pod/wait";

/** HTTP path that must be answered with a status below 400: alone, or with the runbook's times in seconds. */
export type Probe =
  string | { readonly path: string; readonly initialDelaySeconds: number; readonly periodSeconds: number };

/** Horizontal autoscaling by the use of the requested CPU. */
export interface Autoscaling {
  readonly min: number;
  readonly max: number;
  /** Target of the average CPU use, in per cent of the request. */
  readonly cpuPercent: number;
}

export interface WorkloadArgs extends PodArgs, ChosenNames {
  /** System of the workload, for its labels. */
  readonly system: string;
  /** Release, for the pods' labels. It is not in the selector, so that the next release is a rollout. */
  readonly release: string;
  /** Labels of the Deployment and its pods beside Runsheet's own. They are not in the selector. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Number of pods, fixed or autoscaled. Default: 1. 0 stops the workload and keeps its description. */
  readonly replicas?: number | Autoscaling;
  /** Port of the process. Default: 3000. */
  readonly port?: number;
  /**
   * Readiness, liveness and startup probes. Default for each: none. Without any of them a pod is available when it has
   * run for 30 seconds. A liveness path without times is the startup probe, too.
   */
  readonly probes?: { readonly ready?: Probe; readonly live?: Probe; readonly startup?: Probe };
  /** Limit for a process to finish its work when it is stopped, in seconds. Default: 30. */
  readonly gracePeriodSeconds?: number;
  /**
   * Time for which a pod keeps serving after it was told to stop, in seconds, until no router sends it requests.
   * Default: 5.
   */
  readonly drainSeconds?: number;
  /** Number of former releases whose pods Kubernetes keeps the description of. Default: 0. */
  readonly formerReleases?: number;
  /** Annotations of the pods. Default: none. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Limit for a rollout without progress, in seconds. Default: 300. */
  readonly rolloutDeadlineSeconds?: number;
}

/**
 * Pods of a service behind one address: Deployment, Service and PodDisruptionBudget.
 *
 * The Kubernetes provider waits for the rollout and reports why pods do not start. In some versions, however, the first
 * event that it receives may be older than the change, and it then takes the old pods for the new ones
 * (pulumi-kubernetes#2941, #3980). Anything that depends on the rollout therefore checks it again: see `rollout`.
 */
export class Workload extends pulumi.ComponentResource {
  /** URL inside the cluster: http://service.namespace:port. */
  readonly url: pulumi.Output<string>;
  /**
   * Text that is new whenever the pods are, also if an earlier description of them returns. Triggers their checks
   * again.
   */
  readonly revision: pulumi.Output<string>;
  /** Rollout for `rolledOut` to wait for. */
  readonly rollout: pulumi.Output<DeploymentRollout>;
  /** Name of the Deployment if it has pods and no probe: nothing but their restarts says that they fail. */
  readonly unprobed: string | undefined;

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Workload", name, {}, opts);
    const scaled = typeof args.replicas === "object" ? args.replicas : undefined;
    const replicas = typeof args.replicas === "number" ? args.replicas : scaled ? undefined : 1;
    const port = args.port ?? 3000;
    const names = namesOf(name, port, args);
    const { deployment, service } = names;
    // A copy, since Pulumi's types want one that could be changed.
    const selector = { ...names.selector };
    const template = podTemplate(name, args, port, names, this);
    const revision = pulumi.output(template).apply(contentHash);
    const rolloutSeconds = args.rolloutDeadlineSeconds ?? 300;
    const isProbed = Object.values(args.probes ?? {}).some((probe) => probe !== undefined);

    const pods = new Deployment(
      name,
      {
        metadata: {
          name: deployment,
          namespace: args.namespace,
          labels: labels(deployment, args),
          annotations: { [revisionAnnotation]: revision },
        },
        spec: {
          // Left out with an autoscaler, whose choice is no drift.
          replicas,
          selector: { matchLabels: selector },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          progressDeadlineSeconds: rolloutSeconds,
          // A pod without probes is ready when it runs, also between two crashes.
          minReadySeconds: isProbed ? undefined : Math.min(30, rolloutSeconds - 1),
          // Going back is done by configuration, not by `rollout undo`.
          revisionHistoryLimit: args.formerReleases ?? 0,
          template,
        },
      },
      { parent: this, customTimeouts: timeouts(rolloutSeconds + 60) },
    );
    new Service(
      name,
      {
        metadata: {
          name: service.name,
          namespace: args.namespace,
          // The labels name no release, so that a release does not change the Service.
          labels: commonLabels(deployment, args),
          // The pods are waited for already. The provider would watch their endpoints for ten more seconds.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: { selector, ports: [{ name: service.portName || undefined, port: service.port, targetPort: "http" }] },
      },
      // Pods of another manager, whose Service this one may be, have no port of this name. The new ones do.
      { parent: this, dependsOn: pods },
    );
    if (scaled) new HorizontalPodAutoscaler(name, autoscaler(deployment, args.namespace, scaled), { parent: this });
    if (isReplicated(args)) {
      new PodDisruptionBudget(
        name,
        {
          metadata: { name: deployment, namespace: args.namespace },
          spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
        },
        { parent: this },
      );
    }
    this.unprobed = isProbed || replicas === 0 ? undefined : deployment;
    this.url = pulumi.interpolate`http://${service.name}.${args.namespace}:${service.port}`;
    this.revision = pulumi.interpolate`${revision}-${changeId(`${name}-revision`, { revision }, { parent: this })}`;
    this.rollout = revision.apply((revision) => ({ deployment, revision }));
    this.registerOutputs({ url: this.url });
  }
}

/** Tells whether there is always more than one pod. */
const isReplicated = ({ replicas = 1 }: WorkloadArgs) => (typeof replicas === "object" ? replicas.min : replicas) > 1;

/** Topology keys over which the pods of a workload are spread. */
const spreads = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"];

/** Counts only the pods of the same rollout. */
const ofOneRollout = { matchLabelKeys: ["pod-template-hash"] };

function autoscaler(
  name: string,
  namespace: pulumi.Input<string>,
  { min, max, cpuPercent }: Autoscaling,
): HorizontalPodAutoscalerArgs {
  const target = { type: "Utilization", averageUtilization: cpuPercent };
  return {
    // It has no metrics before the first pods run, so it is not waited for.
    metadata: { name, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
    },
  };
}

function commonLabels(name: string, args: WorkloadArgs): Record<string, string> {
  return {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/part-of": args.system,
    "app.kubernetes.io/managed-by": "runsheet",
  };
}

const labels = (name: string, args: WorkloadArgs): Record<string, string> => ({
  ...args.labels,
  ...commonLabels(name, args),
  "app.kubernetes.io/version": args.release,
});

function podTemplate(
  name: string,
  args: WorkloadArgs,
  port: number,
  { deployment, container, selector }: WorkloadNames,
  parent: pulumi.Resource,
): input.core.v1.PodTemplateSpec {
  const { ready, live, startup = typeof live === "string" ? live : undefined } = args.probes ?? {};
  const drainSeconds = args.drainSeconds ?? 5;
  const annotations = { ...annotationOfValues(args.environment), ...args.annotations };
  const spec = podSpec(
    name,
    args,
    {
      name: container,
      ports: [{ name: "http", containerPort: port }],
      // A startup probe replaces the runbook's initial delay. The start may take as long as the rollout.
      startupProbe: startup
        ? { ...probe(startup, 1), failureThreshold: args.rolloutDeadlineSeconds ?? 300 }
        : undefined,
      readinessProbe: ready ? probe(ready, 2) : undefined,
      livenessProbe: live ? probe(live, 10) : undefined,
      lifecycle: drainSeconds > 0 ? { preStop: { sleep: { seconds: drainSeconds } } } : undefined,
    },
    { parent },
  );
  return {
    metadata: {
      labels: { ...labels(deployment, args), ...selector },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: {
      ...spec,
      terminationGracePeriodSeconds: (args.gracePeriodSeconds ?? 30) + drainSeconds,
      topologySpreadConstraints: isReplicated(args)
        ? spreads.map((key) => ({ ...spreadOver(key, { ...selector }), ...ofOneRollout }))
        : undefined,
    },
  };
}

function probe(asked: Probe, periodSeconds: number): input.core.v1.Probe {
  const { path, ...times } = typeof asked === "string" ? { path: asked, periodSeconds } : asked;
  return { httpGet: { path, port: "http" }, timeoutSeconds: 3, failureThreshold: 3, ...times };
}

function timeouts(seconds: number): pulumi.CustomTimeouts {
  return { create: `${seconds}s`, update: `${seconds}s` };
}
