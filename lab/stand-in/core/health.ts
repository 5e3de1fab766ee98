/** Whether the process lives, whether it can be given work, and what the runbook's `curl /health` answers. */
import type { Answer, Route } from "./http";
import { errorMessage } from "./log";
import { missingEnvironment, type Settings } from "./settings";

/** Checks one thing that the application needs. Throws when it is not there; must end within two seconds. */
export type Check = () => Promise<void>;

export interface Health {
  routes: Route[];
  /** What keeps it from being ready: empty when it is. */
  obstacles(): Promise<string[]>;
}

/** More paths for a probe, as a system's runbook names them. */
export interface ProbePaths {
  readonly live?: string;
  readonly ready?: string;
  readonly health?: string;
}

/**
 * - GET /live: 200 with `status: "healthy"` as long as the process answers. Restarting it would mend nothing else.
 * - GET /ready: 200 when all checks pass, the required environment is set and it is not stopping; else 503 with `missing`
 *   (environment variables) and `failed` (checks and why).
 * - GET /health: 200 with `status: "healthy"` when all checks pass; else 503 with `status: "unhealthy"`.
 *
 * The same is answered at the paths of `more`. A check in `optional` is of something that the application does without for
 * a while: when only such fail, it is ready, and /health is 200 with `status: "degraded"`.
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
      // People ask the first; who asks the other is a probe.
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

/** What every answer about the application's health says of it. */
export const identityOf = ({ system, role, release }: Settings) => ({ system, role, release, standIn: true });

/** What the results of checks, "ok" or an error each, say together. */
export function overall(results: Readonly<Record<string, string>>, optional: readonly string[]) {
  if (failures(results, optional).length > 0) return "unhealthy";
  return failures(results, []).length > 0 ? "degraded" : "healthy";
}

const failures = (results: Readonly<Record<string, string>>, optional: readonly string[]) =>
  Object.entries(results).filter(([name, result]) => result !== "ok" && !optional.includes(name));

/** Runs all checks at once; those who ask while they run get the same results, so that probes cannot pile up. */
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
