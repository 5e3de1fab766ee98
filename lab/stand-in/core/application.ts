/** Puts a system's role together with what all roles have, and runs it until it is told to stop. */
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

/** What a role is given to build itself from. */
export interface Context {
  settings: Settings;
  database: Database;
  redis: Redis;
  metrics: Metrics;
  log: Log;
  faults: Faults;
  /** A queue of the system, to add jobs to. */
  queue: (name: string) => Queue;
}

/** One workload of a system. */
export interface Role {
  /** What it cannot do without, and is not ready without. Others are checked where their URL is set. */
  needs: readonly ("database" | "redis")[];
  /** What else it checks, by name. Default nothing. */
  checks?: Readonly<Record<string, Check>>;
  /** Names of checks, also of `needs`, that it is ready without: /health then says "degraded". Default none. */
  optional?: readonly string[];
  /** The variables without which it is not ready; default those of STAND_IN_REQUIRES, which are the system's. */
  requires?: readonly string[];
  /** One with the path of a route that all roles have takes its place. */
  routes: Route[];
  /** The queues whose depth it exports. */
  queues: readonly string[];
  worker?: WorkerDefinition;
  /** What is left to do when the last request is answered, with the database still there; default nothing. */
  stop?(): Promise<void>;
}

export interface System {
  /** Its workloads by name. */
  readonly roles: Readonly<Record<string, (context: Context) => Role>>;
  /** What is run once, as `node main.cjs <name> [flags]`; default none. */
  readonly scripts?: Readonly<Record<string, Script>>;
  /** Paths of its runbook that answer as /live, /ready and /health do. Default: none. */
  readonly probePaths?: ProbePaths;
  /** How it uses its database, from its own variables; default as openDatabase does. */
  readonly databaseLimits?: (environment: Environment) => DatabaseLimits;
}

export interface Application {
  port: number;
  /** Stops without losing a request or a job. Called again it does nothing more. */
  stop(): Promise<void>;
}

/** The longest that requests in flight, or a job, may take after SIGTERM. */
const finishSeconds = 20;

/** Starts a role. Throws SettingsError when the system has no such role, or its settings cannot be used. */
export async function startApplication(settings: Settings, system: System, log: Log): Promise<Application> {
  const create = system.roles[settings.role];
  if (!create) {
    const roles = Object.keys(system.roles).join(", ");
    throw new SettingsError(`STAND_IN_ROLE is "${settings.role}": ${settings.system} has the roles ${roles}.`);
  }
  const database = openDatabase(settings.databaseUrl, log, system.databaseLimits?.(settings.environment));
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

  // What serves nothing has no clients to wait for: its server only answers probes, to the end of the last job.
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

/** What the log says at the start: no secret, only whether it is set. */
const describe = (settings: Settings, port: number) => ({
  message: "This is a stand-in for the real application, which is private.",
  port,
  database: withoutPassword(settings.databaseUrl),
  redis: withoutPassword(settings.redisUrl),
  sentry: settings.environment.SENTRY_DSN ? "set" : "not set",
  requires: settings.requires,
});
