/** Maintenance mode of PM: the requests that are answered while the flag is set, and while Redis cannot be read. */
import type { IncomingHttpHeaders } from "node:http";
import { Unavailable } from "../../../../lab/stand-in/core/http";
import { openRedis } from "../../../../lab/stand-in/core/redis";
import { InMaintenance, Maintenance } from "../../../../lab/stand-in/pm/maintenance";
import { maintenanceFlag } from "../../../../lab/stand-in/pm/settings";
import { MemoryRedis } from "./memory-redis";

const flag = "pm:maintenance_mode";
const noBypass: IncomingHttpHeaders = {};
let redis: MemoryRedis;
let now: number;
let maintenance: Maintenance;

beforeEach(() => {
  redis = new MemoryRedis();
  now = 1_000_000;
  maintenance = new Maintenance(redis, flag, "admin", () => now);
});

const goAway = (cause = "connect ECONNREFUSED") =>
  (redis.ask = () => Promise.reject(new Unavailable(`Redis cannot be used now (${cause}).`)));
const admit = (method: string, headers = noBypass) =>
  maintenance.admit(method, { headers }).then(
    () => "admitted",
    (error: Error) => error,
  );

test("it is on while the flag is true, from one request to the next", async () => {
  expect(await admit("GET")).toBe("admitted");
  await redis.set(flag, "true");
  for (const method of ["GET", "POST", "PATCH"]) expect(await admit(method)).toBeInstanceOf(InMaintenance);
  await redis.set(flag, "false");
  expect(await admit("POST")).toBe("admitted");
  await redis.set(flag, "true");
  await redis.del(flag);
  expect(await admit("POST")).toBe("admitted");
});

test("its answer is a 503 with Retry-After", async () => {
  await redis.set(flag, "true");
  expect(await admit("GET")).toMatchObject({ status: 503, message: "maintenance", headers: { "retry-after": "60" } });
});

test("who knows the administrators' key goes through, and is not asked for Redis", async () => {
  await redis.set(flag, "true");
  expect(await admit("POST", { "x-maintenance-bypass": "admin" })).toBe("admitted");
  expect(await admit("POST", { "x-maintenance-bypass": "admi" })).toBeInstanceOf(InMaintenance);
  expect(await admit("POST", { "x-maintenance-bypass": "" })).toBeInstanceOf(InMaintenance);
  goAway();
  expect(await admit("POST", { "x-maintenance-bypass": "admin" })).toBe("admitted");
});

test("where there is no administrators' key nobody goes through", async () => {
  maintenance = new Maintenance(redis, flag, undefined);
  await redis.set(flag, "true");
  expect(await admit("GET", { "x-maintenance-bypass": "undefined" })).toBeInstanceOf(InMaintenance);
});

test.each([
  ["true", "on"],
  ["false", "off"],
])("while Redis is away the last value, %s, counts for five seconds", async (value, state) => {
  await redis.set(flag, value);
  await admit("GET");
  goAway();
  now += 5_000;
  for (const method of ["GET", "POST"]) {
    const answer = await admit(method);
    if (state === "on") expect(answer).toBeInstanceOf(InMaintenance);
    else expect(answer).toBe("admitted");
  }
  now += 1;
  expect(await admit("GET")).toBe("admitted");
  expect(await admit("POST")).toEqual(
    new Unavailable(
      "Nothing is written while it is not known whether the maintenance mode is on: Redis cannot be used now (connect ECONNREFUSED).",
    ),
  );
});

test("before Redis answered first, writes are refused", async () => {
  maintenance = new Maintenance(
    openRedis(undefined, () => undefined),
    flag,
    "admin",
  );
  expect(await admit("GET")).toBe("admitted");
  const refused = await admit("PATCH");
  expect(refused).toBeInstanceOf(Unavailable);
  expect(refused).not.toBeInstanceOf(InMaintenance);
  expect(String(refused)).toContain("REDIS_URL is not set.");
});

test("a Redis that does not answer makes a request wait for a quarter of a second", async () => {
  redis.ask = () => new Promise(() => undefined);
  const start = Date.now();
  expect(await admit("GET")).toBe("admitted");
  expect(String(await admit("POST"))).toContain("GET: no answer within 0.25 s");
  expect(Date.now() - start).toBeLessThan(2_000);
});

test("without MAINTENANCE_FLAG the flag is the runbook's own", () => {
  expect(maintenanceFlag({})).toBe("maintenance_mode");
  expect(maintenanceFlag({ MAINTENANCE_FLAG: flag })).toBe(flag);
});
