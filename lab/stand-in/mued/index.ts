/**
 * MUED LMS: the application of "Phase 2 Deployment Checklist", which sends requests to its health and to
 * `/api/ai/chat`. All figures and formats are the stand-in's own. Only the dependencies, tables and endpoints are those
 * of the real application.
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
