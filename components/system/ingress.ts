import { Ingress, type RateLimit, type Route } from "../kubernetes/ingress";
import type { Step } from "../runbook";
import type { Foundation } from "./foundation";
import { isOfTraefik, type IngressSettings } from "./ingress-settings";

/**
 * Makes the ingress of a system, if the stack has one.
 * @param limit rate limit of the runbook, for a Traefik whose stack sets none. Default: none
 */
export function ingressOf(
  { description, namespace, args }: Foundation,
  routes: readonly Route[],
  limit: RateLimit | undefined,
  step: Step,
): void {
  const { name } = description;
  const { ingress } = args.settings;
  if (!ingress) return;
  const { host, className, tlsSecret = `${name}-tls`, clusterIssuer, issuer } = ingress;
  new Ingress(
    name,
    {
      ...{ namespace, host, className, tlsSecret, routes },
      rateLimit: rateLimitOf(ingress) ?? (isOfTraefik(ingress) ? limit : undefined),
      annotations: {
        ...(clusterIssuer && { "cert-manager.io/cluster-issuer": clusterIssuer }),
        ...(issuer && { "cert-manager.io/issuer": issuer }),
        ...ingress.annotations,
      },
    },
    { parent: step },
  );
}

const rateLimitOf = ({ requestsPerSecond, burst }: IngressSettings): RateLimit | undefined =>
  requestsPerSecond === undefined ? undefined : { requestsPerSecond, burst: burst ?? 2 * requestsPerSecond };
