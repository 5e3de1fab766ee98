/** PM's prerequisites on Redis, with the policies that providers have by default. */
import { prerequisites } from "../../../systems/pm/checks";
import { pmConfiguration } from "../../../systems/pm/settings";
import { runChecks } from "../../support/checks-runner";
import { declared } from "../../support/declared";
import type { ThrowAwayRedis } from "../redis";
import { startRedis } from "../started";

let redis: ThrowAwayRedis;
startRedis((started) => (redis = started));

const checks = prerequisites(declared(pmConfiguration)).filter((check) => "redis" in check);

test("eviction of keys that expire is accepted, that of the flag refused", async () => {
  await redis.client.config("SET", "maxmemory-policy", "volatile-lru");
  expect(await runChecks(checks, { environment: { REDIS_URL: redis.url } })).toMatchObject({ code: 0, stderr: "" });
  await redis.client.config("SET", "maxmemory-policy", "allkeys-lru");
  const { stderr } = await runChecks(checks, { environment: { REDIS_URL: redis.url } });
  expect(stderr).toContain("FAILED Redis keeps what does not expire: INFO memory answered ");
  expect(stderr).toContain("set maxmemory-policy to noeviction, or to one that begins with volatile");
});
