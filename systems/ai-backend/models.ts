/** "ML Model Backups". The guide archives the volume while the service may write to it; here nothing is ever written twice. */
import type { Step } from "../../components/runbook";
import type { Configured, System } from "../../components/system";
import { isStandIn } from "../../components/system/settings";
import { placeOf } from "../../components/system/workload-pod";
import { VersionedVolume } from "../../components/versioned-volume";
import type { AiBackendSettings } from "./settings";

export function models(ai: System<AiBackendSettings>, { application }: Configured, step: Step): VersionedVolume {
  const { path: _, ...volume } = ai.settings.models;
  const { image, command, environment, files } = application.script("write-models");
  return new VersionedVolume(
    "ai-backend-models",
    {
      ...volume,
      deadlineKey: "ai-backend:models.deadlineSeconds",
      namespace: ai.namespace,
      image: ai.images.node,
      source: {
        image,
        command: isStandIn(ai.settings) ? [...command, "--to"] : command,
        environment,
        files,
        ...placeOf(ai.settings.workloads["ai-backend"]),
      },
      protect: ai.protect,
    },
    { parent: step },
  );
}
