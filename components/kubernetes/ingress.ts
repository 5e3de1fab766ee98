import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Ingress as KubernetesIngress } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";

export interface IngressArgs {
  readonly namespace: pulumi.Input<string>;
  /** Host name that users request. */
  readonly host: string;
  /** IngressClass of a Traefik. */
  readonly className: string;
  /** Name of the namespace's TLS Secret. */
  readonly tlsSecret: string;
  /** Limits for each client: requests per second on average, and requests at once. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Service to route to. It needs a port named "http". */
  readonly service: string;
}

/**
 * Ingress over TLS with a rate limit for each client. The limit is a Middleware of Traefik, for Kubernetes' Ingress has
 * none.
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
            // Not every ingress controller sets an address.
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
