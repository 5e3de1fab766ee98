/** Assembles a system's role with what all roles have in common, and runs it until it is stopped. */
import type { ActingRoles } from "./acting-as";
import { openDatabase, type Database, type DatabaseLimits } from "./database";
import { createFaults, type Faults } from "./faults";
import { createHealth, type Check, type ProbePaths } from "./health";
import type { Route } from "./http";
import { withoutPassword, type Log } from "./log";
import { contentType, Metrics } from "./metrics";
import { Queue } from "./queue";
import { openRedis, type Redis } from "./redis";
import type { Script } from "./script";
import { startServer } from "./server";
import { SettingsError, type Environment, type Settings } from "./settings";
import { settlesWithin } from "./time";
import { startWorker, type WorkerDefinition } from "./worker";

/** Dependencies that a role is built from. */
export interface Context {
  settings: Settings;
  database: Database;
  redis: Redis;
  metrics: Metrics;
  log: Log;
  faults: Faults;
  /** Returns a queue of the system by its name, for adding jobs. */
  queue: (name: string) => Queue;
}

/** One workload of a system. */
export interface Role {
  /** Dependencies without which the role is not ready. Others are checked if their URL is set. */
  needs: readonly ("database" | "redis")[];
  /** Additional checks, by name. Default: none. */
  checks?: Readonly<Record<string, Check>>;
  /**
   * Names of checks, including those of `needs`, that do not affect readiness. If one fails, /health reports
   * "degraded". Default: none.
   */
  optional?: readonly string[];
  /**
   * Environment variables without which the role is not ready. Default: those of STAND_IN_REQUIRES, which apply to the
   * system.
   */
  requires?: readonly string[];
  /** Routes of the role. A route takes precedence over a common route with the same path. */
  routes: Route[];
  /** Queues whose depth is exported as a metric. */
  queues: readonly string[];
  worker?: WorkerDefinition;
  /** Work after the last request was answered, while the database is still open. Default: none. */
  stop?(): Promise<void>;
}

export interface System {
  /** Workloads by name. */
  readonly roles: Readonly<Record<string, (context: Context) => Role>>;
  /** Scripts by name, run as `node main.cjs <name> [flags]`. Default: none. */
  readonly scripts?: Readonly<Record<string, Script>>;
  /** Paths from the system's runbook that answer as /live, /ready and /health do. Default: none. */
  readonly probePaths?: ProbePaths;
  /** Database limits from the system's own variables. Default: those of openDatabase. */
  readonly databaseLimits?: (environment: Environment) => DatabaseLimits;
  /** Roles that are set for each query of the database. Default: none, the login has the rights. */
  readonly actsAs?: ActingRoles;
}

export interface Application {
  port: number;
  /** Stops without losing a request or a job. Further calls return the same promise. */
  stop(): Promise<void>;
}

/** Time limit after SIGTERM for a job or for requests in flight, in seconds. */
const finishSeconds = 20;

/** Starts a role. Throws SettingsError if the system has no such role, or if its settings are invalid. */
export async function startApplication(settings: Settings, system: System, log: Log): Promise<Application> {
  const create = system.roles[settings.role];
  if (!create) {
    const roles = Object.keys(system.roles).join(", ");
    throw new SettingsError(`STAND_IN_ROLE is "${settings.role}": ${settings.system} has the roles ${roles}.`);
  }
  const limits = system.databaseLimits?.(settings.environment);
  const database = openDatabase(settings.databaseUrl, log, limits, system.actsAs);
  const redis = openRedis(settings.redisUrl, log);
  try {
    return await startRole(settings, system, create, database, redis, log);
  } catch (error) {
    redis.close();
    await database.close();
    throw error;
  }
}

async function startRole(
  asked: Settings,
  { probePaths }: System,
  create: (context: Context) => Role,
  database: Database,
  redis: Redis,
  log: Log,
): Promise<Application> {
  const metrics = new Metrics();
  const queue = (name: string) => new Queue(name, redis);
  const faults = createFaults(asked, redis, log);
  const role = create({ settings: asked, database, redis, metrics, log, faults, queue });
  const settings = { ...asked, requires: role.requires ?? asked.requires };
  let stopped: Promise<void> | undefined;

  const checks: Record<string, Check> = {};
  if (role.needs.includes("database") || settings.databaseUrl) checks.database = () => database.check();
  if (role.needs.includes("redis") || settings.redisUrl) checks.redis = () => redis.check();
  Object.assign(checks, role.checks);
  const health = createHealth(settings, checks, () => stopped !== undefined, probePaths, role.optional);

  exportCommonMetrics(metrics, settings, role.queues.map(queue));
  const routes = [...role.routes, ...health.routes, metricsRoute(metrics)];
  const server = await startServer(settings.port, routes, faults, metrics, log);
  const worker = role.worker && startWorker(role.worker, redis, health, faults, metrics, log);
  log("started", describe(settings, server.port));

  // A role without routes has no clients to wait for. Its server only answers probes, until the last job has ended.
  const serves = role.routes.length > 0;
  const drainSeconds = serves ? settings.drainSeconds : 0;
  const stop = async () => {
    log("stopping", { drainSeconds });
    const workerStopped = worker?.stop(finishSeconds);
    if (!serves) await workerStopped;
    await server.stop(drainSeconds, serves ? finishSeconds : 1);
    await workerStopped;
    if (role.stop) await settlesWithin(2_000, role.stop());
    redis.close();
    await settlesWithin(1_000, database.close());
    log("stopped");
  };
  return { port: server.port, stop: () => (stopped ??= stop()) };
}

function metricsRoute(metrics: Metrics): Route {
  const handle = async () => ({ status: 200, body: await metrics.scrape(), headers: { "content-type": contentType } });
  return { method: "GET", path: "/metrics", quiet: true, handle };
}

function exportCommonMetrics(metrics: Metrics, settings: Settings, queues: readonly Queue[]): void {
  const { system, role, release } = settings;
  const build = metrics.gauge("application_build_info", "Always 1; its labels say what runs.");
  build.set({ system, role, release, stand_in: "true" }, 1);
  const started = metrics.gauge("process_start_time_seconds", "When the process started, in Unix time.");
  started.set({}, Math.round(Date.now() / 1000 - process.uptime()));
  const memory = metrics.gauge("process_resident_memory_bytes", "Resident memory.");
  metrics.beforeScrape(() => memory.set({}, process.memoryUsage.rss()));
  if (queues.length === 0) return;

  const depth = metrics.gauge("queue_depth", "Jobs that wait. Absent while Redis is away.");
  metrics.beforeScrape(async () => {
    const depths = await Promise.all(queues.map((each) => each.depth().catch(() => undefined)));
    depth.clear();
    depths.forEach((value, index) => value !== undefined && depth.set({ queue: queues[index]!.name }, value));
  });
}

/** Returns the log fields of the start. They contain no secret, only whether it is set. */
const describe = (settings: Settings, port: number) => ({
  message: "This is a stand-in for the real application, which is private.",
  port,
  database: withoutPassword(settings.databaseUrl),
  redis: withoutPassword(settings.redisUrl),
  sentry: settings.environment.SENTRY_DSN ? "set" : "not set",
  requires: settings.requires,
});
