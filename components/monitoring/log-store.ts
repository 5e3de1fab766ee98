import { StatefulSet } from "@pulumi/kubernetes/apps/v1";
import { Service } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { mebibytes } from "../kubernetes/quantity";
import { limited } from "../kubernetes/resources";
import { restrictedContainer, restrictedPod } from "../kubernetes/restricted";
import type { VictoriaLogsSettings } from "./log-settings";

export interface LogStoreArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly settings: VictoriaLogsSettings;
  /** Number of days for which logs are kept. */
  readonly retentionDays: number;
}

const port = 9428;

/** URL of a store. */
export const urlOf = (name: string, namespace: string) => `http://${name}.${namespace}.svc:${port}`;

/** URL of a store's OTLP, to which `/v1/logs` is added. */
export const otlpOf = (name: string, namespace: string) => `${urlOf(name, namespace)}/insert/opentelemetry`;

/** VictoriaLogs on a volume. It has one retention for all of its logs, so logs that are kept for longer have their own. */
export class LogStore extends pulumi.ComponentResource {
  constructor(name: string, args: LogStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:LogStore", name, {}, opts);
    const { namespace, image, settings, retentionDays } = args;
    const { storage, storageClass, cpu, memory, memoryLimit } = settings;
    const selector = { "app.kubernetes.io/name": name };
    const labels = { ...selector, "app.kubernetes.io/managed-by": "runsheet" };
    const service = new Service(
      name,
      {
        metadata: { name, namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { selector, ports: [{ name: "metrics", port, targetPort: "metrics" }] },
      },
      { parent: this },
    );
    new StatefulSet(
      name,
      {
        metadata: { name, namespace, labels },
        spec: {
          serviceName: service.metadata.name,
          replicas: 1,
          selector: { matchLabels: selector },
          template: {
            metadata: { labels },
            spec: {
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              securityContext: restrictedPod(),
              containers: [
                {
                  name: "main",
                  image,
                  args: [
                    "-storageDataPath=/data",
                    `-httpListenAddr=:${port}`,
                    `-retentionPeriod=${retentionDays}d`,
                    // Before the volume is full, the oldest day goes.
                    `-retention.maxDiskSpaceUsageBytes=${Math.floor(mebibytes(storage) * 0.8)}MiB`,
                  ],
                  ports: [{ name: "metrics", containerPort: port }],
                  readinessProbe: { httpGet: { path: "/health", port: "metrics" }, periodSeconds: 5 },
                  resources: limited({ requests: { cpu, memory }, limits: { memory: memoryLimit } }, []),
                  securityContext: restrictedContainer,
                  volumeMounts: [{ name: "data", mountPath: "/data" }],
                },
              ],
            },
          },
          volumeClaimTemplates: [
            {
              metadata: { name: "data" },
              spec: {
                accessModes: ["ReadWriteOnce"],
                storageClassName: storageClass,
                resources: { requests: { storage } },
              },
            },
          ],
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
