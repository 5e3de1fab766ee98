/**
 * What is MUED LMS': the application of "Phase 2 Deployment Checklist", whose health and whose `/api/ai/chat` it asks. All
 * figures and formats are the stand-in's own; it only has to need, write and answer what the real one does.
 */
import type { System } from "../core/application";
import { chatRoutes } from "./chat";
import { exportMetrics } from "./metrics";

export const mued: System = {
  // "Check application health": curl /api/health.
  probePaths: { health: "/api/health" },
  roles: {
    web: (context) => {
      exportMetrics(context);
      return { needs: ["database"], queues: [], routes: chatRoutes(context) };
    },
  },
};
