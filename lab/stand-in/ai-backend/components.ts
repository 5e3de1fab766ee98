/** Components of the AI backend, as "AI Backend Deployment Guide: Health Checks" and "Troubleshooting" use them. */
import type { Context } from "../core/application";
import type { Check } from "../core/health";
import { errorMessage } from "../core/log";
import type { ModelStore } from "./model-store";
import { models } from "./models";
import type { ResultCache } from "./result-cache";
import type { AiBackendSettings } from "./settings";

export type ComponentName = "database" | "redis" | "ml_models" | "cache";

export interface Component {
  check: Check;
  /** Check on request, if it is more thorough than the one that probes run. Default: `check`. */
  test?: Check;
  /** Returns figures for people, without secrets. `healthy` is the result of the check. */
  details(healthy: boolean): Promise<Record<string, unknown>> | Record<string, unknown>;
}

export type Components = Readonly<Record<ComponentName, Component>>;

/** Components that the backend can do without for a while: an inference is then computed anew. */
export const optional: readonly string[] = ["redis", "cache"] satisfies ComponentName[];

export interface Inspection {
  status: "healthy" | "unhealthy";
  error?: string;
  latencyMs: number;
  details: Record<string, unknown>;
}

const connections = `SELECT current_setting('max_connections')::int AS "serverMaxConnections",
    (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS "serverConnections"`;

export function createComponents(
  { database, redis }: Pick<Context, "database" | "redis">,
  settings: AiBackendSettings,
  store: ModelStore,
  cache: ResultCache,
): Components {
  const pool = { maxConnections: settings.databaseConnections, timeoutSeconds: settings.databaseTimeoutSeconds };
  const server = () =>
    database.query(connections).then(
      ([row]) => row,
      () => undefined,
    );
  const off = models.map(({ name }) => name).filter((name) => !settings.enabled[name]);
  return {
    database: {
      check: () => database.check(),
      details: async (healthy) => ({ ...pool, ...(healthy ? await server() : {}) }),
    },
    redis: { check: () => redis.check(), details: () => ({ cache: cache.details() }) },
    ml_models: {
      check: () => store.check(),
      test: () => store.verify(),
      details: () => ({ ...store.details(), off }),
    },
    cache: { check: () => cache.check(), details: () => cache.details() },
  };
}

/** Runs a check and returns its result with the details of the component. */
export async function inspect(component: Component, check: Check = component.check): Promise<Inspection> {
  const start = Date.now();
  const error = await check().then(() => undefined, errorMessage);
  const latencyMs = Date.now() - start;
  const healthy = error === undefined;
  const found = { latencyMs, details: await component.details(healthy) };
  return healthy ? { status: "healthy", ...found } : { status: "unhealthy", error, ...found };
}
