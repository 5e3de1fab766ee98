/**
 * OmniOps: the Deployment omniops-phase4 of "Phase 4 Deployment Guide", whose process is both server and worker, and
 * the two scripts of the guide. All figures and formats are the stand-in's own. Only the dependencies, tables and
 * endpoints are those of the real application.
 */
import { supabaseRoles } from "../core/acting-as";
import type { System } from "../core/application";
import { backfill } from "./backfill";
import { FeatureFlags } from "./feature-flags";
import { featureRoutes } from "./feature-routes";
import { messageRoutes } from "./messages";
import { createMlApi } from "./ml-api";
import { counted, exportMetrics } from "./monitoring";
import { requeue } from "./requeue";
import { sentimentAnalysis } from "./sentiment-analysis";
import { queues, readOmniOpsSettings } from "./settings";

export const omniops: System = {
  actsAs: supabaseRoles,
  // The guide's livenessProbe asks /api/health: it must not depend on the database, or an outage restarts every pod.
  probePaths: { live: "/api/health", ready: "/api/ready" },
  roles: {
    phase4: (context) => {
      const settings = readOmniOpsSettings(context.settings.environment);
      const flags = new FeatureFlags(settings, context.log);
      exportMetrics(context);
      return {
        needs: ["database", "redis"],
        queues: [queues.sentiment],
        routes: counted([...messageRoutes(context, flags), ...featureRoutes(flags)], context),
        worker: sentimentAnalysis(context, settings, flags, createMlApi(context)),
      };
    },
  },
  scripts: { "backfill-sentiment-analysis": backfill, "requeue-failed-jobs": requeue },
};
