/**
 * What is OmniOps': the Deployment omniops-phase4 of "Phase 4 Deployment Guide", which serves and works in one process, and
 * the guide's two scripts. All figures and formats are the stand-in's own; it only has to need, write and answer what the
 * real one does.
 */
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
