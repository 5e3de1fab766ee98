/** API keys of PM: the routes that they open, and the time for which the database's answer is cached. */
import { createHash } from "node:crypto";
import type { Query } from "../../../../lab/stand-in/core/database";
import { HttpError, Unavailable, type Route } from "../../../../lab/stand-in/core/http";
import { ApiKeys } from "../../../../lab/stand-in/pm/api-keys";
import { readPmSettings } from "../../../../lab/stand-in/pm/settings";

const route: Route = { method: "GET", path: "/", handle: () => ({ status: 200, body: "" }) };
let now: number;
let asked: string[];
/** Rows of the table api_keys, by key. */
let stored: Record<string, { role: string; expiresAt: number | null }>;

beforeEach(() => {
  now = 1_000_000;
  asked = [];
  stored = { alice: { role: "user", expiresAt: null }, root: { role: "admin", expiresAt: null } };
});

function keys(environment: Record<string, string> = {}): ApiKeys {
  const names = new Map(["alice", "bob", "carol", "root"].map((key) => [sha256(key), key]));
  const query: Query = <Row>(_sql: string, [hash]: readonly unknown[] = []) => {
    const key = names.get(hash as string) ?? "nobody's";
    asked.push(key);
    const row = stored[key];
    return Promise.resolve((row && (row.expiresAt ?? Infinity) > now ? [row] : []) as Row[]);
  };
  const settings = readPmSettings({ ADMIN_KEY: "admin", TEST_API_KEY: "test", ...environment });
  return new ApiKeys(settings, { query }, () => now);
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Status codes of a users' route and of an administrators' route. */
async function statuses(of: ApiKeys, authorization?: string): Promise<[number, number]> {
  const ask = async ([guarded]: Route[]) => {
    const request = { params: {}, query: new URLSearchParams(), headers: { authorization }, body: undefined };
    return Promise.resolve(guarded!.handle(request)).then(
      ({ status }) => status,
      (error: HttpError) => error.status,
    );
  };
  return [await ask(of.forUsers([route])), await ask(of.forAdministrators([route]))];
}

test.each([
  [undefined, [401, 401]],
  ["Basic test", [401, 401]],
  ["Bearer ", [401, 401]],
  ["Bearer nobody", [401, 401]],
  ["Bearer test", [200, 403]],
  ["bearer test", [200, 403]],
  ["Bearer admin", [200, 200]],
  ["Bearer alice", [200, 403]],
  ["Bearer root", [200, 200]],
])("%s", async (authorization, expected) => {
  expect(await statuses(keys(), authorization)).toEqual(expected);
});

test("TEST_API_KEY and ADMIN_KEY need no database", async () => {
  await statuses(keys(), "Bearer test");
  await statuses(keys(), "Bearer admin");
  expect(asked).toEqual([]);
});

test("an empty ADMIN_KEY is nobody's", async () => {
  expect(await statuses(keys({ ADMIN_KEY: "", TEST_API_KEY: "" }), "Bearer  ")).toEqual([401, 401]);
});

test("the answer says what is missing, and not what was sent", async () => {
  const ask = (authorization?: string) => {
    const request = { params: {}, query: new URLSearchParams(), headers: { authorization }, body: undefined };
    return Promise.resolve(keys().forUsers([route])[0]!.handle(request));
  };
  const challenge = { "www-authenticate": "Bearer" };
  await expect(ask()).rejects.toMatchObject({
    message: "Send Authorization: Bearer with an API key.",
    headers: challenge,
  });
  await expect(ask("Bearer s3cret")).rejects.toMatchObject({ message: "Nobody has this API key.", headers: challenge });
});

test("a key is cached for API_KEY_CACHE_TTL_MS, also when it is revoked", async () => {
  const known = keys({ API_KEY_CACHE_TTL_MS: "1000" });
  await statuses(known, "Bearer alice");
  delete stored.alice;
  now += 999;
  expect(await statuses(known, "Bearer alice")).toEqual([200, 403]);
  expect(asked).toEqual(["alice"]);
  now += 1;
  expect(await statuses(known, "Bearer alice")).toEqual([401, 401]);
});

test("a key that ends earlier is not believed longer", async () => {
  stored.alice!.expiresAt = now + 500;
  const known = keys({ API_KEY_CACHE_TTL_MS: "1000" });
  expect(await statuses(known, "Bearer alice")).toEqual([200, 403]);
  now += 500;
  expect(await statuses(known, "Bearer alice")).toEqual([401, 401]);
});

test("a key that nobody has is looked up each time", async () => {
  const known = keys();
  await statuses(known, "Bearer bob");
  stored.bob = { role: "user", expiresAt: null };
  expect(await statuses(known, "Bearer bob")).toEqual([200, 403]);
});

test("the key that was not used for the longest time is forgotten first", async () => {
  stored.bob = stored.carol = { role: "user", expiresAt: null };
  const known = keys({ API_KEY_CACHE_MAX_SIZE: "2" });
  for (const key of ["alice", "bob", "alice", "carol"]) await statuses(known, `Bearer ${key}`);
  expect(asked).toEqual(["alice", "bob", "carol"]);
  await statuses(known, "Bearer alice");
  expect(asked).toEqual(["alice", "bob", "carol"]);
  await statuses(known, "Bearer bob");
  expect(asked).toEqual(["alice", "bob", "carol", "bob"]);
});

test("API_KEY_CACHE_TTL_MS=0 looks it up for each request", async () => {
  const known = keys({ API_KEY_CACHE_TTL_MS: "0" });
  await statuses(known, "Bearer alice");
  expect(asked).toEqual(["alice", "alice"]);
});

test("a database that is away is no wrong key", async () => {
  const query = () => Promise.reject(new Unavailable("The database cannot be used now."));
  const away = new ApiKeys(readPmSettings({ ADMIN_KEY: "admin" }), { query });
  expect(await statuses(away, "Bearer alice")).toEqual([503, 503]);
  expect(await statuses(away, "Bearer admin")).toEqual([200, 200]);
});
