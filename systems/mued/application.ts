import type { Step } from "../../components/runbook";
import type { ConfigurationArgs, Configured, System } from "../../components/system";
import type { Workload } from "../../components/workload";
import { muedConfiguration, type MuedSettings } from "./settings";

/** Paths that the checklist asks for: "Health endpoint responds". */
const probes = { ready: "/api/health" };

/** Script of the "Batch Job". */
export const batchJob = "calculate-rag-metrics";

export function configuration({ database, settings }: System<MuedSettings>): ConfigurationArgs<MuedSettings> {
  return {
    secrets: muedConfiguration.secrets,
    environment: { NODE_ENV: "production", DATABASE_URL: database.login("mued_app").url() },
    programs: ({ app }) => ({
      roles: { web: { image: app, probes } },
      scripts: { [batchJob]: { image: app, command: settings.metricsCommand, replacesVariables: true } },
    }),
  };
}

export function application(mued: System<MuedSettings>, configured: Configured, step: Step): Workload {
  return mued.workload("mued-web", "web", configured, { replicas: mued.settings.replicas }, step);
}
