/** Role backend: the API, behind maintenance mode and API keys. */
import type { Context, Role } from "../core/application";
import { HttpError, methods, type Route } from "../core/http";
import type { Settings } from "../core/settings";
import { ApiKeys } from "./api-keys";
import { Maintenance } from "./maintenance";
import { backlogRoutes } from "./neo4j-backlog";
import { exportMetrics } from "./observability/metrics";
import { Recorder } from "./observability/recorder";
import { observabilityRoutes } from "./observability/routes";
import { systemHealth } from "./observability/system-health";
import { opportunityRoutes } from "./opportunities";
import { maintenanceFlag, readPmSettings } from "./settings";
import { signalRoutes } from "./signals";

export function backend(context: Context): Role {
  const { database, redis, metrics } = context;
  const settings = readPmSettings(context.settings.environment);
  const keys = new ApiKeys(settings, database);
  const maintenance = new Maintenance(redis, maintenanceFlag(context.settings.environment), settings.adminKey);
  const lookAtHealth = () => systemHealth(context, settings);
  const requests = exportMetrics(metrics, database, lookAtHealth);
  const recorder = new Recorder(context, settings, requests);
  const api = [
    ...keys.forUsers([...signalRoutes(database, settings), ...opportunityRoutes(database)]),
    ...keys.forAdministrators([
      ...backlogRoutes(database, settings),
      ...observabilityRoutes(context, settings, recorder, lookAtHealth),
    ]),
  ];
  return {
    needs: ["database", "redis"],
    queues: [],
    routes: [
      ...healthRoutes(context.settings),
      ...recorder.measure(maintenance.guard(api)),
      ...maintenance.guard([maintenanceRoute, ...nothingElse]),
    ],
    stop: () => recorder.flush(),
  };
}

/**
 * Routes GET /health, GET /api/health -> 200 {status: "ok", version}: the running release, also in maintenance mode.
 * The runbook's images are restarted when this fails, so it has no dependencies. Those of the application are in /ready
 * and in the health of observability/routes.ts.
 */
function healthRoutes({ release }: Settings): Route[] {
  const version = release.replace(/^v/, ""); // the runbook's image v2.0 reports its version as 2.0
  const handle = () => ({ status: 200, body: { status: "ok", version } });
  return ["/health", "/api/health"].map((path) => ({ method: "GET", path, quiet: true, handle }));
}

/**
 * Route GET /api/maintenance -> 200 {maintenance: false}, without a key. The frontend requests it to detect maintenance
 * mode.
 */
const maintenanceRoute: Route = {
  method: "GET",
  path: "/api/maintenance",
  quiet: true,
  handle: () => ({ status: 200, body: { maintenance: false } }),
};

/** Catch-all routes. In maintenance mode an unknown path is answered as any other. */
const nothingElse = methods.map((method): Route => {
  return {
    method,
    path: "/*",
    handle: ({ params }) => {
      throw new HttpError(404, `There is no /${params["*"]} here.`);
    },
  };
});
