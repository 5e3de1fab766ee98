import { DaemonSet } from "@pulumi/kubernetes/apps/v1";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { AppSecrets } from "../kubernetes/app-secrets";
import { MountedFiles } from "../kubernetes/mounted-files";
import { limited } from "../kubernetes/resources";
import { restrictedContainer } from "../kubernetes/restricted";
import { clusterAccount } from "./cluster-account";
import {
  authorizationVariable,
  collectorConfiguration,
  healthPort,
  metricsPort,
  type LogDestination,
  type LoggedNamespace,
} from "./collector-configuration";
import { operatorObject, type Labels } from "./kinds";

export interface CollectorArgs {
  /** Namespace that admits privileged pods. */
  readonly namespace: pulumi.Output<string>;
  /** Name of that namespace, for the directory of the queue. */
  readonly namespaceName: string;
  readonly image: string;
  readonly namespaces: readonly LoggedNamespace[];
  readonly destination: LogDestination;
  /** Store of the kinds `audit` and `security`. */
  readonly auditDestination: LogDestination;
  /** Value of the header Authorization. Default: none is sent. */
  readonly authorization?: pulumi.Input<string>;
  /** Labels of the monitor, by which Prometheus selects it. */
  readonly selected: Labels;
}

const name = "log-collector";
const pods = "/var/log/pods";

/** Directory of the queue in the container. */
const queue = "/queue";

/** Right to read the labels of pods. */
const readPods = { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["get", "list", "watch"] };

/**
 * Collector of the logs that the kubelet writes for the pods of the systems: one pod on every node. It runs as root,
 * since the kubelet's files belong to root, and with no capability. It sees one directory of the node, and writes to
 * another of its own, where the queue outlives it.
 */
export class Collector extends pulumi.ComponentResource {
  constructor(args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Collector", name, {}, opts);
    const { namespace, namespaceName, image, authorization } = args;
    const selector = { "app.kubernetes.io/name": name };
    const labels = { ...selector, "app.kubernetes.io/managed-by": "runsheet" };
    const configuration = stringify(collectorConfiguration({ ...args, pods, queue }));
    const file = "collector.yaml";
    const files = MountedFiles.pinned(name, namespace, { [file]: configuration }, { parent: this });
    const serviceAccountName = clusterAccount(name, namespace, [readPods], this);
    const secret =
      authorization === undefined
        ? undefined
        : new AppSecrets(name, { namespace, values: { [authorizationVariable]: authorization } }, { parent: this })
            .secret;
    new DaemonSet(
      name,
      {
        metadata: { name, namespace, labels },
        spec: {
          selector: { matchLabels: selector },
          template: {
            metadata: { labels },
            spec: {
              serviceAccountName,
              enableServiceLinks: false,
              securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } },
              tolerations: [{ operator: "Exists" }],
              containers: [
                {
                  name: "main",
                  image,
                  args: [`--config=/runsheet/${file}`],
                  env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
                  envFrom: secret && [{ secretRef: { name: secret } }],
                  ports: [{ name: "metrics", containerPort: metricsPort }],
                  readinessProbe: { httpGet: { path: "/", port: healthPort }, periodSeconds: 5 },
                  resources: limited({ requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } }, []),
                  securityContext: restrictedContainer,
                  volumeMounts: [
                    { name: "files", mountPath: "/runsheet", readOnly: true },
                    { name: "pods", mountPath: pods, readOnly: true },
                    { name: "queue", mountPath: queue },
                  ],
                },
              ],
              volumes: [
                files.volume,
                { name: "pods", hostPath: { path: pods, type: "Directory" } },
                { name: "queue", hostPath: { path: `/var/lib/${namespaceName}/queue`, type: "DirectoryOrCreate" } },
              ],
            },
          },
        },
      },
      { parent: this },
    );
    operatorObject(
      "PodMonitor",
      `${name}-target`,
      { name, namespace, labels: args.selected },
      {
        selector: { matchLabels: selector },
        jobLabel: "app.kubernetes.io/name",
        podMetricsEndpoints: [{ port: "metrics" }],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
