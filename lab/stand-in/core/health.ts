/** Probes: liveness, readiness, and the answer to the runbook's `curl /health`. */
import type { Answer, Route } from "./http";
import { errorMessage } from "./log";
import { missingEnvironment, type Settings } from "./settings";

/** Checks one dependency of the application. Throws if it is unavailable. Must end within two seconds. */
export type Check = () => Promise<void>;

export interface Health {
  routes: Route[];
  /** Returns the missing variables and failed checks that prevent readiness. Empty if there are none. */
  obstacles(): Promise<string[]>;
}

/** Additional paths of the probes, as a system's runbook names them. */
export interface ProbePaths {
  readonly live?: string;
  readonly ready?: string;
  readonly health?: string;
}

/**
 * Creates the routes of the probes.
 *
 * - GET /live: 200 with `status: "healthy"` while the process answers. A restart would fix nothing else.
 * - GET /ready: 200 if all checks pass, the required environment is set and the application is not stopping. Otherwise
 *   503 with `missing` (environment variables) and `failed` (checks with their errors).
 * - GET /health: 200 with `status: "healthy"` if all checks pass. Otherwise 503 with `status: "unhealthy"`.
 *
 * The paths of `more` answer in the same way. A check in `optional` is of a dependency that the application can do
 * without for a while. If only such checks fail, the application is ready, and /health answers 200 with the status
 * "degraded".
 */
export function createHealth(
  settings: Settings,
  checks: Readonly<Record<string, Check>>,
  stopping: () => boolean,
  more: ProbePaths = {},
  optional: readonly string[] = [],
): Health {
  const identity = identityOf(settings);
  const run = shared(checks);

  const health = async (): Promise<Answer> => {
    const results = await run();
    const status = overall(results, optional);
    return { status: status === "unhealthy" ? 503 : 200, body: { status, ...identity, checks: results } };
  };
  const ready = async (): Promise<Answer> => {
    const missing = missingEnvironment(settings);
    const failed = Object.fromEntries(failures(await run(), optional));
    const isReady = missing.length === 0 && Object.keys(failed).length === 0 && !stopping();
    const body = { ready: isReady, ...identity, stopping: stopping(), missing, failed };
    return { status: isReady ? 200 : 503, body };
  };

  const live = (): Answer => ({ status: 200, body: { status: "healthy", live: true, ...identity } });
  const at = (paths: (string | undefined)[], handle: Route["handle"], quiet: boolean): Route[] =>
    paths.flatMap((path) => (path === undefined ? [] : [{ method: "GET", path, quiet, handle }]));

  return {
    routes: [
      ...at(["/live", more.live], live, true),
      ...at(["/ready", more.ready], ready, true),
      // The log contains requests of /health, which people send. It omits those of the other path, which a probe sends.
      ...at(["/health"], health, false),
      ...at([more.health], health, true),
    ],
    obstacles: async () => {
      const failed = failures(await run(), optional);
      return [
        ...missingEnvironment(settings).map((name) => `${name} is not set`),
        ...failed.map(([name, result]) => `${name}: ${result}`),
      ];
    },
  };
}

/** Returns the fields that identify the application in every answer about its health. */
export const identityOf = ({ system, role, release }: Settings) => ({ system, role, release, standIn: true });

/** Returns the overall status of the results of checks. Each result is "ok" or an error. */
export function overall(results: Readonly<Record<string, string>>, optional: readonly string[]) {
  if (failures(results, optional).length > 0) return "unhealthy";
  return failures(results, []).length > 0 ? "degraded" : "healthy";
}

const failures = (results: Readonly<Record<string, string>>, optional: readonly string[]) =>
  Object.entries(results).filter(([name, result]) => result !== "ok" && !optional.includes(name));

/** Runs all checks at once. Concurrent callers share one run, so that probes cannot pile up. */
function shared(checks: Readonly<Record<string, Check>>): () => Promise<Record<string, string>> {
  let running: Promise<Record<string, string>> | undefined;
  const runAll = async () => {
    const results = Object.entries(checks).map(async ([name, check]) => {
      const result = await check().then(() => "ok", errorMessage);
      return [name, result] as const;
    });
    return Object.fromEntries(await Promise.all(results));
  };
  return () => (running ??= runAll().finally(() => (running = undefined)));
}
