import { StatefulSet } from "@pulumi/kubernetes/apps/v1";
import { Secret, Service } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { contentHash } from "../identity/hash";
import { generatedPassword } from "../identity/passwords";
import { annotationOfValues, type Environment, type SecretKey } from "../kubernetes/environment";
import { mebibytes } from "../kubernetes/quantity";
import { limited, temporary } from "../kubernetes/resources";
import { restrictedContainer, restrictedPod } from "../kubernetes/restricted";
import type { Redis } from "./redis";

export interface KubernetesRedisArgs {
  readonly image: string;
  /** Most memory for data, as Redis writes it, unless `settings` says it. Default: 512mb. */
  readonly maxMemory?: string;
  /** Settings of Redis. Default: those of a queue. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Keeps the data on a volume across restarts. Default: true. */
  readonly persistent?: boolean;
  /** Size of the volume. Default: 1Gi. */
  readonly storage?: string;
  /** Storage class of the volume. Default: the cluster's default storage class. */
  readonly storageClass?: string;
  /** Memory request. Default: 64Mi. */
  readonly memory?: string;
}

/** Settings for a BullMQ queue: no job is evicted, and jobs survive a restart. */
const queueSettings = { "maxmemory-policy": "noeviction", appendonly: "yes", appendfsync: "everysec" };

/** Numeric user of the public Redis image. */
const redisUser = 999;

/** Single Redis server in Kubernetes with a password, and with a volume if it is persistent. */
export class KubernetesRedis extends pulumi.ComponentResource implements Redis {
  readonly url: SecretKey;
  readonly password: SecretKey;
  readonly identity: pulumi.Output<string>;

  constructor(
    name: string,
    namespace: pulumi.Input<string>,
    args: KubernetesRedisArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:KubernetesRedis", name, {}, opts);
    const { persistent = true, memory = "64Mi", maxMemory = "512mb" } = args;
    const settings = { maxmemory: maxMemory, ...(args.settings ?? queueSettings) };
    const { value: password, revision } = generatedPassword(name, { parent: this });
    const configuration = password.apply((password) =>
      [
        "dir /data",
        // An empty value is written as "": save "" takes no snapshots.
        ...Object.entries(settings).map(([key, value]) => `${key} ${value || '""'}`),
        `requirepass ${password}`,
        "",
      ].join("\n"),
    );
    const secret = new Secret(
      name,
      {
        metadata: { name, namespace },
        stringData: pulumi.secret({
          url: pulumi.interpolate`redis://:${password}@${name}.${namespace}:6379`,
          password,
          "redis.conf": configuration,
        }),
      },
      { parent: this },
    );
    const selector = { "app.kubernetes.io/name": name };
    // A probe starts a process, so it is frequent only until the server is ready. With -e redis-cli fails on an error
    // reply.
    const ping = { exec: { command: ["redis-cli", "-e", "ping"] }, timeoutSeconds: 5 };
    // A server whose disk is full answers with an error. To restart it would lose what it could not write.
    const anyReply = { exec: { command: ["redis-cli", "ping"] }, timeoutSeconds: 5 };
    const service = new Service(
      name,
      {
        // The Service has no endpoint until the server is ready, and that is created after it.
        metadata: { name, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { selector, ports: [{ name: "redis", port: 6379 }] },
      },
      { parent: this },
    );
    const server = new StatefulSet(
      name,
      {
        metadata: { name, namespace },
        spec: {
          serviceName: service.metadata.name,
          replicas: 1,
          selector: { matchLabels: selector },
          template: {
            metadata: {
              labels: selector,
              // The server reads its settings and its password when it starts.
              annotations: {
                "runsheet/settings": contentHash(settings),
                ...annotationOfValues({ password: { secret: secret.metadata.name, key: "password", revision } }),
              },
            },
            spec: {
              securityContext: restrictedPod(redisUser),
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              containers: [
                {
                  name: "redis",
                  image: args.image,
                  command: ["redis-server", "/etc/redis/redis.conf"],
                  env: [
                    {
                      name: "REDISCLI_AUTH",
                      valueFrom: { secretKeyRef: { name: secret.metadata.name, key: "password" } },
                    },
                  ],
                  ports: [{ name: "redis", containerPort: 6379 }],
                  // The server may have to replay a day's writes.
                  startupProbe: { ...ping, periodSeconds: 2, failureThreshold: 300 },
                  readinessProbe: { ...ping, periodSeconds: 10 },
                  livenessProbe: { ...anyReply, periodSeconds: 30 },
                  resources: limited(
                    {
                      requests: { cpu: "20m", memory },
                      limits: { memory: memoryLimit(settings.maxmemory, memory) },
                    },
                    [],
                  ),
                  securityContext: restrictedContainer,
                  volumeMounts: [
                    { name: "data", mountPath: "/data" },
                    { name: "configuration", mountPath: "/etc/redis", readOnly: true },
                  ],
                },
              ],
              volumes: [
                {
                  name: "configuration",
                  secret: { secretName: secret.metadata.name, items: [{ key: "redis.conf", path: "redis.conf" }] },
                },
                ...(persistent ? [] : [{ name: "data", emptyDir: { sizeLimit: temporary } }]),
              ],
            },
          },
          volumeClaimTemplates: persistent
            ? [
                {
                  metadata: { name: "data" },
                  spec: {
                    accessModes: ["ReadWriteOnce"],
                    storageClassName: args.storageClass,
                    resources: { requests: { storage: args.storage ?? "1Gi" } },
                  },
                },
              ]
            : undefined,
        },
      },
      { parent: this },
    );
    this.identity = server.metadata.uid;
    this.url = { secret: secret.metadata.name, key: "url", revision };
    this.password = { secret: secret.metadata.name, key: "password", revision };
    this.registerOutputs({});
  }

  trust(): Environment {
    return {};
  }
}

/** Twice what Redis may hold, since it writes its file from a copy, and no less than the pod requests. */
function memoryLimit(maximum: string, request: string): string {
  const [, count, unit = ""] = /^(\d+)([kmg]b)?$/.exec(maximum)!;
  const bytes = 2 * Number(count) * { "": 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 }[unit]!;
  return `${Math.max(Math.ceil(bytes / 2 ** 20), mebibytes(request))}Mi`;
}
