/**
 * Maintenance mode, as in "Enable Maintenance Mode". While the flag in Redis is "true", only probes and the person who
 * deploys are answered.
 *
 * Other requests get 503 {"error": "maintenance"} with `Retry-After: 60`. A request with ADMIN_KEY in the header
 * X-Maintenance-Bypass passes. The flag is read for each request, because a backup begins as soon as it is set. While
 * Redis is unavailable the last value applies for five seconds. After that reads pass. Writes are refused, with the
 * cause, because they might be lost.
 */
import { same } from "../core/authorization";
import { HttpError, Unavailable, type Request, type Route } from "../core/http";
import { errorMessage } from "../core/log";
import type { Redis } from "../core/redis";
import { within } from "../core/time";

/**
 * Time limit for reading the flag, in milliseconds. Redis usually answers in one. After the limit the last value is
 * used.
 */
const limit = 250;
const believedMilliseconds = 5_000;

/** Answer in maintenance mode. It does not count as an error of the application. */
export class InMaintenance extends HttpError {
  constructor() {
    super(503, "maintenance", undefined, { "retry-after": "60" });
  }
}

/** Returns true if the flag is set in Redis. Throws Unavailable if Redis does not answer. */
export async function isInMaintenance(redis: Redis, flag: string): Promise<boolean> {
  return (await redis.ask("GET", (client) => client.get(flag))) === "true";
}

export class Maintenance {
  private last: { inMaintenance: boolean; at: number } | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly flag: string,
    private readonly adminKey: string | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** Guards the routes: each request must be admitted first. */
  guard(routes: readonly Route[]): Route[] {
    return routes.map((route) => ({
      ...route,
      handle: async (request) => {
        await this.admit(route.method, request);
        return route.handle(request);
      },
    }));
  }

  /** Admits a request. Throws InMaintenance, or Unavailable for a write while the flag is unknown. */
  async admit(method: string, { headers }: Pick<Request, "headers">): Promise<void> {
    const bypass = headers["x-maintenance-bypass"];
    if (typeof bypass === "string" && this.adminKey !== undefined && same(bypass, this.adminKey)) return;
    const inMaintenance = await this.look(method !== "GET");
    if (inMaintenance) throw new InMaintenance();
  }

  private async look(writes: boolean): Promise<boolean> {
    try {
      const inMaintenance = await within(limit, "GET", isInMaintenance(this.redis, this.flag));
      this.last = { inMaintenance, at: this.now() };
      return inMaintenance;
    } catch (error) {
      if (this.last && this.now() - this.last.at <= believedMilliseconds) return this.last.inMaintenance;
      if (!writes) return false;
      throw new Unavailable(
        `Nothing is written while it is not known whether the maintenance mode is on: ${errorMessage(error)}`,
      );
    }
  }
}
