/** Role backend of PM's stand-in on a real PostgreSQL and a real Redis. */
import { setTimeout as sleep } from "node:timers/promises";
import { startApplication, type Application } from "../../../lab/stand-in/core/application";
import { readSettings } from "../../../lab/stand-in/core/settings";
import { pm as standIn } from "../../../lab/stand-in/pm";
import type { SystemDatabase } from "../system-database";

export const flag = "pm:maintenance_mode";
export const asUser = { authorization: "Bearer test" };
export const asAdmin = { authorization: "Bearer admin" };
export const bypass = { "x-maintenance-bypass": "admin" };
export const observability = "/api/admin/observability";

/** Environment variables, as systems/pm/application.ts sets them. */
export function environment({ app, postgres }: SystemDatabase, redisUrl: string): Record<string, string> {
  return {
    STAND_IN_SYSTEM: "pm",
    DATABASE_URL: `postgresql://${app.user}@localhost/${app.database}?host=${encodeURIComponent(postgres.directory)}`,
    REDIS_URL: redisUrl,
    RELEASE: "2.0",
    MAINTENANCE_FLAG: flag,
    ADMIN_KEY: "admin",
    TEST_API_KEY: "test",
    PERF_METRICS_ENABLED: "true",
    ERROR_AGGREGATION_ENABLED: "true",
  };
}

export class Backend {
  private constructor(
    private readonly application: Application,
    readonly log: Record<string, unknown>[],
  ) {}

  /** Starts the backend, and waits until it is ready. */
  static async start(pm: SystemDatabase, redisUrl: string, more: Record<string, string> = {}): Promise<Backend> {
    const log: Record<string, unknown>[] = [];
    const role = { STAND_IN_ROLE: "backend", PORT: "0", DRAIN_SECONDS: "0" };
    const settings = readSettings({ ...environment(pm, redisUrl), ...role, ...more });
    const write = (event: string, fields = {}) => void log.push({ event, ...fields });
    const backend = new Backend(await startApplication(settings, standIn, write), log);
    for (let waited = 0; (await backend.ask("/ready")).status !== 200; waited += 20) {
      if (waited > 15_000) throw new Error("waited for 15 s in vain");
      await sleep(20);
    }
    return backend;
  }

  get port(): number {
    return this.application.port;
  }

  ask(path: string, method = "GET", headers: Record<string, string> = asUser, body?: unknown): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: { connection: "close", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  /** Sends a request. Returns the status code and the parsed JSON body. */
  async send(...request: Parameters<Backend["ask"]>): Promise<[number, unknown]> {
    const reply = await this.ask(...request);
    return [reply.status, await reply.json()];
  }

  stop(): Promise<void> {
    return this.application.stop();
  }
}
