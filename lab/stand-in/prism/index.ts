/**
 * PRISM: the workloads of "PRISM Phase 5 Deployment Runbook", Service Deployment and Edge Functions Deployment. All
 * figures and formats are the stand-in's own. Only the dependencies, tables and endpoints are those of the real
 * applications.
 */
import { supabaseRoles } from "../core/acting-as";
import type { System } from "../core/application";
import { feedbackRoutes } from "./feedback";
import { functionRoutes } from "./functions";
import { insightRoutes } from "./insights";
import { modelTraining } from "./model-training";
import { monthlyInsights } from "./monthly-insights";
import { queues, readPrismSettings } from "./settings";
import { taxProfileRoutes } from "./tax-profile";

const allQueues = Object.values(queues);

export const prism: System = {
  actsAs: supabaseRoles,
  roles: {
    api: (context) => {
      const settings = readPrismSettings(context.settings.environment);
      return {
        needs: ["database", "redis"],
        queues: allQueues,
        routes: [
          ...feedbackRoutes(context, settings),
          ...insightRoutes(context, settings),
          ...taxProfileRoutes(context.database),
        ],
      };
    },
    functions: (context) => {
      const settings = readPrismSettings(context.settings.environment);
      return { needs: [], queues: [], routes: functionRoutes(settings) };
    },
    "model-training": (context) => {
      const settings = readPrismSettings(context.settings.environment);
      return {
        needs: ["database", "redis"],
        queues: [queues.modelTraining],
        routes: [],
        worker: modelTraining(context.database, settings),
      };
    },
    "monthly-insights": (context) => {
      const settings = readPrismSettings(context.settings.environment);
      return {
        needs: ["database", "redis"],
        queues: [queues.monthlyInsights],
        routes: [],
        worker: monthlyInsights(context, settings),
      };
    },
  },
};
