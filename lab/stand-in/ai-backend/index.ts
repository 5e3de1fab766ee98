/**
 * AI backend: the service of "AI Backend Deployment Guide", and a script that writes the models for it. All figures and
 * formats are the stand-in's own. Only the dependencies and the endpoints are those of the real application.
 */
import type { Context, Role, System } from "../core/application";
import { createComponents, optional } from "./components";
import { healthRoutes } from "./health-routes";
import { inferenceRoutes } from "./inference";
import { ModelStore } from "./model-store";
import { models } from "./models";
import { counted, exportMetrics } from "./monitoring";
import { ResultCache } from "./result-cache";
import { databaseLimits, readAiBackendSettings } from "./settings";
import { writeModelsScript } from "./write-models";

export const aiBackend: System = {
  // The guide's /health is also the common path of all systems.
  probePaths: { live: "/health/live", ready: "/health/ready" },
  databaseLimits,
  roles: { api },
  scripts: { "write-models": writeModelsScript },
};

function api(context: Context): Role {
  const settings = readAiBackendSettings(context.settings.environment);
  const enabled = models.filter(({ name }) => settings.enabled[name]);
  const store = new ModelStore(settings.modelDirectory, settings.modelCacheSize, enabled, context.faults, context.log);
  const cache = new ResultCache(context.redis);
  const components = createComponents(context, settings, store, cache);
  exportMetrics(context, components, store, cache);
  void store.open();
  return {
    needs: ["database", "redis"],
    checks: { ml_models: components.ml_models.check },
    optional,
    queues: [],
    routes: [
      ...healthRoutes(context.settings, components, store),
      ...counted(inferenceRoutes(context, settings, store, cache), context),
    ],
  };
}
