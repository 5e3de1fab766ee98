import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { Service } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { annotationOfValues, literalCommand, type Environment } from "../kubernetes/environment";
import type { Files } from "../kubernetes/mounted-files";
import { podSpec } from "../kubernetes/pod";
import type { Resources } from "../kubernetes/resources";

export interface ExporterArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  /** Arguments of the image's program. Default: none. */
  readonly args?: readonly pulumi.Input<string>[];
  readonly environment?: Environment;
  /** Port of the metrics, which has the name `metrics`. */
  readonly port: number;
  /** Path that is answered once the program is ready. */
  readonly ready: string;
  /** Files, mounted at /runsheet. Default: none. */
  readonly files?: Files;
  /** Default: the namespace's default account, whose token is not mounted. */
  readonly serviceAccount?: pulumi.Input<string>;
  /** Default: requests 10m of a CPU and 32Mi of memory, and at most 128Mi. */
  readonly resources?: Resources;
  /** Gives it a Service of its name. Default: false. */
  readonly service?: boolean;
}

const small = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } };

/** Numeric user of the programs: nobody. */
const user = 65534;

/** Labels by which an exporter's pods are found. */
export const exporterLabels = (name: string) => ({ "app.kubernetes.io/name": name });

/**
 * Small program with one pod, which makes metrics or alerts of what something else has. It is admitted under the
 * restricted standard.
 */
export class Exporter extends pulumi.ComponentResource {
  constructor(name: string, args: ExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Exporter", name, {}, opts);
    const { namespace, port, resources = small } = args;
    const selector = exporterLabels(name);
    const labels = { ...selector, "app.kubernetes.io/managed-by": "runsheet" };
    const extras = {
      args: args.args && literalCommand(args.args),
      ports: [{ name: "metrics", containerPort: port }],
      readinessProbe: { httpGet: { path: args.ready, port: "metrics" }, periodSeconds: 5, timeoutSeconds: 3 },
    };
    const { image, environment, files, serviceAccount } = args;
    const pod = { namespace, image, environment, files, serviceAccount, resources, user };
    const annotations = annotationOfValues(environment);
    const metadata = { labels, ...(Object.keys(annotations).length > 0 && { annotations }) };
    const deployment = new Deployment(
      name,
      {
        metadata: { name, namespace, labels },
        spec: {
          replicas: 1,
          revisionHistoryLimit: 0,
          selector: { matchLabels: selector },
          template: { metadata, spec: podSpec(name, pod, extras, { parent: this }) },
        },
      },
      { parent: this },
    );
    if (args.service)
      new Service(
        name,
        {
          metadata: { name, namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
          spec: { selector, ports: [{ name: "metrics", port, targetPort: "metrics" }] },
        },
        { parent: this, dependsOn: deployment },
      );
    this.registerOutputs({});
  }
}
