/** "Network Security": the guide's isolated Docker network, as a namespace that others reach through the service alone. */
import { NetworkIsolation } from "../../components/kubernetes/network-isolation";
import type { Step } from "../../components/runbook";
import type { System } from "../../components/system";
import type { AiBackendSettings } from "./settings";

export function network(ai: System<AiBackendSettings>, step: Step): NetworkIsolation {
  const { namespace, settings, database, redis } = ai;
  const { network } = settings;
  const outside = [
    ...network.outside,
    ...(database.outsidePort === undefined ? [] : [database.outsidePort]),
    ...(redis.outsidePort === undefined ? [] : [redis.outsidePort]),
  ];
  // Pods of a Deployment that is taken over are reached, too: they have its selector and the port, which has another name.
  const entrance = { selector: ai.names("ai-backend").selector, port: settings.workloads["ai-backend"].port };
  const from = [...network.from, ...(settings.ingress ? [settings.ingress.controllerNamespace ?? "traefik"] : [])];
  const policies = { namespace, entrance, from, operators: [network.operator], outside };
  return new NetworkIsolation("ai-backend", policies, { parent: step });
}
