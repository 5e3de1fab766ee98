import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Ingress as KubernetesIngress } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";

export interface IngressArgs {
  readonly namespace: pulumi.Input<string>;
  /** The name under which users reach it. */
  readonly host: string;
  /** The IngressClass of a Traefik. */
  readonly className: string;
  /** The TLS Secret of the namespace with the certificate. */
  readonly tlsSecret: string;
  /** How many requests a client may send, on average, and how many at once. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** The Service that it leads to, which has a port named "http". */
  readonly service: string;
}

/**
 * A way in from outside the cluster, over TLS alone, on which no client may send more than its share. Rate limits are not
 * part of Kubernetes' Ingress: this is Traefik's.
 */
export class Ingress extends pulumi.ComponentResource {
  constructor(name: string, args: IngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Ingress", name, {}, opts);
    const { namespace, host, className, tlsSecret, requestsPerSecond, burst, service } = args;
    const limit = new CustomResource(
      `${name}-rate-limit`,
      {
        apiVersion: "traefik.io/v1alpha1",
        kind: "Middleware",
        metadata: { name: `${name}-rate-limit`, namespace },
        spec: { rateLimit: { average: requestsPerSecond, burst } },
      },
      { parent: this },
    );
    new KubernetesIngress(
      name,
      {
        metadata: {
          name,
          namespace,
          annotations: {
            "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
            "traefik.ingress.kubernetes.io/router.tls": "true",
            "traefik.ingress.kubernetes.io/router.middlewares": pulumi.interpolate`${namespace}-${name}-rate-limit@kubernetescrd`,
            // Whether it is given an address depends on how the controller is reached.
            "pulumi.com/skipAwait": "true",
          },
        },
        spec: {
          ingressClassName: className,
          tls: [{ hosts: [host], secretName: tlsSecret }],
          rules: [
            {
              host,
              http: {
                paths: [
                  { path: "/", pathType: "Prefix", backend: { service: { name: service, port: { name: "http" } } } },
                ],
              },
            },
          ],
        },
      },
      { parent: this, dependsOn: limit },
    );
    this.registerOutputs({});
  }
}
