/**
 * "Enable Maintenance Mode": while the flag in Redis is "true" nobody is answered but the probes, and who deploys.
 *
 * 503 {"error": "maintenance"} with `Retry-After: 60`. A request whose header X-Maintenance-Bypass is ADMIN_KEY goes through.
 * The flag is looked up for each request: a backup begins as soon as it is set. While Redis is away the last answer counts
 * for five seconds; after that reads go through, and writes are refused with the cause, for they might be lost.
 */
import { same } from "../core/authorization";
import { HttpError, Unavailable, type Request, type Route } from "../core/http";
import { errorMessage } from "../core/log";
import type { Redis } from "../core/redis";
import { within } from "../core/time";

/** Redis answers in a millisecond: a request that waits for it longer had better use the last answer. */
const limit = 250;
const believedMilliseconds = 5_000;

/** No error of the application's own. */
export class InMaintenance extends HttpError {
  constructor() {
    super(503, "maintenance", undefined, { "retry-after": "60" });
  }
}

/** Whether the flag is set, as Redis says now. Throws Unavailable when it does not say. */
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

  /** The routes, each of which first looks whether it may. */
  guard(routes: readonly Route[]): Route[] {
    return routes.map((route) => ({
      ...route,
      handle: async (request) => {
        await this.admit(route.method, request);
        return route.handle(request);
      },
    }));
  }

  /** Throws InMaintenance, or Unavailable for a write while nobody knows. */
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
