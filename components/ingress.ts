import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Ingress as KubernetesIngress } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";

export interface IngressArgs {
  readonly namespace: pulumi.Input<string>;
  /** The name under which users reach it. */
  readonly host: string;
  /** The IngressClass of a Traefik. */
  readonly className: string;
  /** Where the certificate comes from: a TLS Secret of the namespace, or a ClusterIssuer of cert-manager. */
  readonly tls: { readonly secret: string } | { readonly issuer: string };
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
  /** Where users reach it. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: IngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Ingress", name, {}, opts);
    const { namespace, host, className, tls, requestsPerSecond, burst, service } = args;
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
    const secretName = "secret" in tls ? tls.secret : `${name}-tls`;
    new KubernetesIngress(
      name,
      {
        metadata: {
          name,
          namespace,
          annotations: {
            "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
            "traefik.ingress.kubernetes.io/router.middlewares": pulumi.interpolate`${namespace}-${name}-rate-limit@kubernetescrd`,
            ...("issuer" in tls ? { "cert-manager.io/cluster-issuer": tls.issuer } : {}),
            // Whether it is given an address depends on how the controller is reached.
            "pulumi.com/skipAwait": "true",
          },
        },
        spec: {
          ingressClassName: className,
          tls: [{ hosts: [host], secretName }],
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
    this.url = pulumi.output(`https://${host}`);
    this.registerOutputs({ url: this.url });
  }
}
