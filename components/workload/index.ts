import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { HorizontalPodAutoscaler, type HorizontalPodAutoscalerArgs } from "@pulumi/kubernetes/autoscaling/v2";
import { Service } from "@pulumi/kubernetes/core/v1";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";
import { changeId } from "../identity/generation";
import { contentHash } from "../identity/hash";
import { podSpec, type PodArgs } from "../kubernetes/pod";
import { revisionAnnotation } from "./revision";
import { spreadOver } from "../kubernetes/spread";
import type { DeploymentRollout } from "./in-pod/wait";

/** A path that must be answered with a status below 400; alone, or with the runbook's times, in seconds. */
export type Probe =
  string | { readonly path: string; readonly initialDelaySeconds: number; readonly periodSeconds: number };

/** Between how many pods an autoscaler chooses, so that they use so much of the CPU that they request. */
export interface Autoscaling {
  readonly min: number;
  readonly max: number;
  /** In per cent, on average. */
  readonly cpuPercent: number;
}

export interface WorkloadArgs extends PodArgs {
  /** The system that the workload belongs to, as a label. */
  readonly system: string;
  /** The release, as a label of the pods; it is not in the selector, so that the next release rolls. */
  readonly release: string;
  /** How many pods, or between how many an autoscaler chooses. Default: 1. 0 stops the workload and keeps its description. */
  readonly replicas?: number | Autoscaling;
  /** The port that the process listens on. Default: 3000. */
  readonly port?: number;
  /**
   * What Kubernetes asks: whether the pod may get requests, whether it has to be started again, and whether it has started
   * at all. Default for each: not asked; a pod is then ready when it runs. A live path is asked while it starts, too.
   */
  readonly probes?: { readonly ready?: Probe; readonly live?: Probe; readonly startup?: Probe };
  /** How long a process may take to finish its work when it is stopped, in seconds. Default: 30. */
  readonly gracePeriodSeconds?: number;
  /**
   * How long a pod goes on serving after it was told to stop, in seconds, until no router sends it requests any more.
   * Default: 5.
   */
  readonly drainSeconds?: number;
  /** A rollout that makes no progress for this many seconds has failed. Default: 300. */
  readonly rolloutDeadlineSeconds?: number;
}

/**
 * A service's pods behind one address: Deployment, Service and PodDisruptionBudget.
 *
 * The Kubernetes provider waits for the rollout, and tells why its pods do not start. But in some of its versions the first
 * thing that it hears of the Deployment may be from before the change (pulumi-kubernetes#2941, #3980): it then takes the old
 * pods for the new ones. What must come after the rollout therefore asks by itself whether it is over: see `rollout`.
 */
export class Workload extends pulumi.ComponentResource {
  /** The address inside the cluster: http://name.namespace:port. */
  readonly url: pulumi.Output<string>;
  /** New whenever the pods are, also when an earlier description of them comes back: what has to be tested again. */
  readonly revision: pulumi.Output<string>;
  /** What `rolledOut` waits for. */
  readonly rollout: pulumi.Output<DeploymentRollout>;

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Workload", name, {}, opts);
    const scaled = typeof args.replicas === "object" ? args.replicas : undefined;
    const replicas = typeof args.replicas === "number" ? args.replicas : scaled ? undefined : 1;
    const port = args.port ?? 3000;
    const selector = { "app.kubernetes.io/name": name };
    const template = podTemplate(name, args, port, selector, this);
    const revision = pulumi.output(template).apply(contentHash);
    const rolloutSeconds = args.rolloutDeadlineSeconds ?? 300;

    new Deployment(
      name,
      {
        metadata: {
          name,
          namespace: args.namespace,
          labels: labels(name, args),
          annotations: { [revisionAnnotation]: revision },
        },
        spec: {
          // Absent where it is the autoscaler's: what that chooses is no drift.
          replicas,
          selector: { matchLabels: selector },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          progressDeadlineSeconds: rolloutSeconds,
          // Going back is configuration, not `rollout undo`.
          revisionHistoryLimit: 0,
          template,
        },
      },
      { parent: this, customTimeouts: timeouts(rolloutSeconds + 60) },
    );
    new Service(
      name,
      {
        metadata: {
          name,
          namespace: args.namespace,
          // It is of no release: a new one is no change of it.
          labels: commonLabels(name, args),
          // The pods are waited for; the provider would look for ten seconds more whether their addresses change.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: { selector, ports: [{ name: "http", port, targetPort: "http" }] },
      },
      { parent: this },
    );
    if (scaled) new HorizontalPodAutoscaler(name, autoscaler(name, args.namespace, scaled), { parent: this });
    if (isReplicated(args)) {
      new PodDisruptionBudget(
        name,
        {
          metadata: { name, namespace: args.namespace },
          spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
        },
        { parent: this },
      );
    }
    this.url = pulumi.interpolate`http://${name}.${args.namespace}:${port}`;
    this.revision = pulumi.interpolate`${revision}-${changeId(`${name}-revision`, { revision }, { parent: this })}`;
    this.rollout = revision.apply((revision) => ({ deployment: name, revision }));
    this.registerOutputs({ url: this.url });
  }
}

/** Whether there is more than one pod at any time. */
const isReplicated = ({ replicas = 1 }: WorkloadArgs) => (typeof replicas === "object" ? replicas.min : replicas) > 1;

/** What pods of one workload should not have in common: a node, a zone. */
const spreads = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"];

/** The pods that a rollout takes away are not counted. */
const ofOneRollout = { matchLabelKeys: ["pod-template-hash"] };

function autoscaler(
  name: string,
  namespace: pulumi.Input<string>,
  { min, max, cpuPercent }: Autoscaling,
): HorizontalPodAutoscalerArgs {
  const target = { type: "Utilization", averageUtilization: cpuPercent };
  return {
    // It has no metrics before the first pods run: there is nothing to wait for.
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
  ...commonLabels(name, args),
  "app.kubernetes.io/version": args.release,
});

function podTemplate(
  name: string,
  args: WorkloadArgs,
  port: number,
  selector: Record<string, string>,
  parent: pulumi.Resource,
): input.core.v1.PodTemplateSpec {
  const { ready, live, startup = typeof live === "string" ? live : undefined } = args.probes ?? {};
  const drainSeconds = args.drainSeconds ?? 5;
  const spec = podSpec(
    name,
    args,
    {
      ports: [{ name: "http", containerPort: port }],
      // A delay of the runbook's own is what a startup probe is for.
      // It may take as long as its rollout.
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
    metadata: { labels: { ...labels(name, args), ...selector } },
    spec: {
      ...spec,
      terminationGracePeriodSeconds: (args.gracePeriodSeconds ?? 30) + drainSeconds,
      topologySpreadConstraints: isReplicated(args)
        ? spreads.map((key) => ({ ...spreadOver(key, selector), ...ofOneRollout }))
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
