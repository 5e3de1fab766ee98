/** "Network Security": the guide's isolated Docker network, as a namespace that others reach through the service alone. */
import { NetworkIsolation } from "../../components/network-isolation";
import type { Step } from "../../components/runbook";
import type { System } from "../../components/system";
import type { AiBackendSettings } from "./settings";

export function network({ namespace, settings }: System<AiBackendSettings>, step: Step): NetworkIsolation {
  const { postgres, redis, network } = settings;
  const outside = [
    ...network.outside,
    ...(postgres.engine === "external" ? [postgres.port] : []),
    ...(redis.engine === "external" ? [6379] : []),
  ];
  const entrance = "ai-backend";
  const policies = { namespace, entrance, from: network.from, operators: [network.operator], outside };
  return new NetworkIsolation("ai-backend", policies, { parent: step });
}
