/**
 * API keys: `Authorization: Bearer <key>`. TEST_API_KEY is a user's key and ADMIN_KEY an administrator's, independent
 * of the database. Other keys are in api_keys, as their SHA-256.
 *
 * "API Key Caching": a key from the database is cached for API_KEY_CACHE_TTL_MS, and a revoked key works as long. At
 * most API_KEY_CACHE_MAX_SIZE keys are cached. An unknown key is not cached, because it may be created at any moment.
 */
import { createHash } from "node:crypto";
import { bearerToken, same } from "../core/authorization";
import type { Database } from "../core/database";
import { HttpError, type Request, type Route } from "../core/http";
import { RecentlyUsed } from "../core/recently-used";
import type { PmSettings } from "./settings";

type Role = "user" | "admin";

interface Known {
  role: Role;
  /** End of validity, in milliseconds of Unix time. */
  until: number;
}

const select = `SELECT role, extract(epoch FROM expires_at)::float8 * 1000 AS "expiresAt" FROM api_keys
  WHERE key_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;

export class ApiKeys {
  private readonly known: RecentlyUsed<Known>;

  constructor(
    private readonly settings: PmSettings,
    private readonly database: Pick<Database, "query">,
    private readonly now: () => number = Date.now,
  ) {
    this.known = new RecentlyUsed(settings.keyCacheSize);
  }

  /** Restricts the routes to requests with any valid key. */
  forUsers(routes: readonly Route[]): Route[] {
    return this.guard(routes, async (request) => void (await this.roleOf(request)));
  }

  /** Restricts the routes to administrators. */
  forAdministrators(routes: readonly Route[]): Route[] {
    return this.guard(routes, async (request) => {
      if ((await this.roleOf(request)) !== "admin") throw new HttpError(403, "This takes an administrator's key.");
    });
  }

  private guard(routes: readonly Route[], admit: (request: Request) => Promise<void>): Route[] {
    return routes.map((route) => ({
      ...route,
      handle: async (request) => {
        await admit(request);
        return route.handle(request);
      },
    }));
  }

  /** Returns the role of the request's key. Throws HttpError 401 if there is no key, or an unknown one. */
  private async roleOf(request: Request): Promise<Role> {
    const key = bearerToken(request);
    const { adminKey, testApiKey } = this.settings;
    if (key && adminKey && same(key, adminKey)) return "admin";
    if (key && testApiKey && same(key, testApiKey)) return "user";
    const role = key ? await this.lookUp(createHash("sha256").update(key).digest("hex")) : undefined;
    if (role) return role;
    const cause = key ? "Nobody has this API key." : "Send Authorization: Bearer with an API key.";
    throw new HttpError(401, cause, undefined, { "www-authenticate": "Bearer" });
  }

  private async lookUp(hash: string): Promise<Role | undefined> {
    const known = this.known.get(hash);
    if (known && known.until > this.now()) return known.role;
    this.known.delete(hash);
    const [row] = await this.database.query<{ role: Role; expiresAt: number | null }>(select, [hash]);
    if (!row) return undefined;
    const until = Math.min(this.now() + this.settings.keyCacheMilliseconds, row.expiresAt ?? Infinity);
    this.known.set(hash, { role: row.role, until });
    return row.role;
  }
}
