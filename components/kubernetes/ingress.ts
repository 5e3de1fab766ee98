import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Ingress as KubernetesIngress } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";

/** Path whose requests go to a port of a service. */
export interface Route {
  /** First part of the path: "/" is every path that has no route of its own. */
  readonly path: string;
  readonly service: string;
  readonly port: number;
}

/** Limits for each client: requests per second on average, and requests at once. */
export interface RateLimit {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

export interface IngressArgs {
  readonly namespace: pulumi.Input<string>;
  /** Host name that users request. */
  readonly host: string;
  readonly className: string;
  /** Name of the namespace's TLS Secret. */
  readonly tlsSecret: string;
  readonly routes: readonly Route[];
  /** Default: none. It needs an IngressClass of a Traefik. */
  readonly rateLimit?: RateLimit;
  /** Annotations for the ingress controller and for cert-manager. Default: none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Ingress over TLS. Its rate limit for each client is a Middleware of Traefik, for Kubernetes' Ingress has none; other
 * controllers have annotations for it.
 */
export class Ingress extends pulumi.ComponentResource {
  constructor(name: string, args: IngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Ingress", name, {}, opts);
    const { namespace, host, className, tlsSecret, routes, rateLimit, annotations } = args;
    const limit = rateLimit && middleware(`${name}-rate-limit`, namespace, rateLimit, { parent: this });
    new KubernetesIngress(
      name,
      {
        metadata: {
          name,
          namespace,
          annotations: {
            "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
            "traefik.ingress.kubernetes.io/router.tls": "true",
            ...(limit && {
              "traefik.ingress.kubernetes.io/router.middlewares": pulumi.interpolate`${namespace}-${name}-rate-limit@kubernetescrd`,
            }),
            // Not every ingress controller sets an address.
            "pulumi.com/skipAwait": "true",
            ...annotations,
          },
        },
        spec: {
          ingressClassName: className,
          tls: [{ hosts: [host], secretName: tlsSecret }],
          rules: [
            {
              host,
              http: {
                paths: routes.map(({ path, service, port }) => ({
                  ...{ path, pathType: "Prefix" },
                  backend: { service: { name: service, port: { number: port } } },
                })),
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

const middleware = (
  name: string,
  namespace: pulumi.Input<string>,
  { requestsPerSecond, burst }: RateLimit,
  opts: pulumi.CustomResourceOptions,
) =>
  new CustomResource(
    name,
    {
      apiVersion: "traefik.io/v1alpha1",
      kind: "Middleware",
      metadata: { name, namespace },
      spec: { rateLimit: { average: requestsPerSecond, burst } },
    },
    opts,
  );
