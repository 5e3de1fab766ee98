/** "Network Security": the guide's isolated Docker network, as a namespace that others reach through the service alone. */
import { Ingress } from "../../components/kubernetes/ingress";
import { NetworkIsolation } from "../../components/kubernetes/network-isolation";
import type { Step } from "../../components/runbook";
import type { System } from "../../components/system";
import type { AiBackendSettings } from "./settings";

/** "TLS termination at load balancer", "Rate limiting enabled", where the stack has an ingress controller. */
export function ingress({ namespace, settings }: System<AiBackendSettings>, step: Step): Ingress | undefined {
  if (!settings.ingress) return undefined;
  const { controllerNamespace: _, ...args } = settings.ingress;
  return new Ingress("ai-backend", { ...args, namespace, service: "ai-backend" }, { parent: step });
}

export function network({ namespace, settings, database }: System<AiBackendSettings>, step: Step): NetworkIsolation {
  const { redis, network } = settings;
  const outside = [
    ...network.outside,
    ...(database.outsidePort === undefined ? [] : [database.outsidePort]),
    ...(redis.engine === "external" ? [6379] : []),
  ];
  const entrance = "ai-backend";
  const from = [...network.from, ...(settings.ingress ? [settings.ingress.controllerNamespace] : [])];
  const policies = { namespace, entrance, from, operators: [network.operator], outside };
  return new NetworkIsolation("ai-backend", policies, { parent: step });
}
