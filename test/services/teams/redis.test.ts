/** A Redis outside of the cluster, with TLS and a password, for what connects to it from pods. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "../../../lab/command";
import { prerequisites } from "../../../systems/omniops/checks";
import { omniopsConfiguration, type OmniopsSettings } from "../../../systems/omniops/settings";
import { runChecks } from "../../support/checks-runner";
import { declared } from "../../support/declared";
import { TeamRedis } from "../../support/teams/redis";
import { omniopsSystem, smokeTest } from "../omniops/omniops";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { TestAuthority } from "../test-authority";

jest.setTimeout(60_000);

const root = resolve(__dirname, "../../..");
const directory = mkdtempSync(join(tmpdir(), "runsheet-redis-test-"));
let redis: TeamRedis;
let otherCa: string;
let postgres: ThrowAwayPostgres;
let omniops: SystemDatabase;

const file = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

startSystem(omniopsSystem, async (created) => {
  ({ postgres } = created);
  omniops = created;
  await omniops.sqitch("deploy");
});
beforeAll(async () => {
  redis = await TeamRedis.start("127.0.0.1");
  otherCa = file("other.crt", (await TestAuthority.create("Another")).pem);
});
afterAll(async () => {
  await redis.stop();
  rmSync(directory, { recursive: true });
});

/** Variables of a pod, with the authorities of two servers in one file, as ExternalRedis writes it. */
const pod = () => ({
  REDIS_URL: redis.url(),
  NODE_EXTRA_CA_CERTS: file("both.crt", [redis.ca, otherCa].join("\n")),
});

/** Runs OmniOps' prerequisite of Redis. */
function check(environment: Record<string, string>) {
  const settings = { ...declared(omniopsConfiguration).settings, redis: { engine: "external" } } as OmniopsSettings;
  const [found] = prerequisites(settings).filter((each) => "redis" in each);
  return runChecks([{ ...found!, withinSeconds: 0 }], { environment });
}

/** Runs the script that queues jobs again. */
async function requeue(environment: Record<string, string>): Promise<string> {
  const { user, database } = omniops.app;
  const script = ["--require", "./register.cjs", "lab/stand-in/main.omniops.ts", "requeue-failed-jobs"];
  const url = `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(postgres.directory)}`;
  const env = { STAND_IN_SYSTEM: "omniops", DATABASE_URL: url, ...environment };
  return run(process.execPath, script, { cwd: root, env });
}

test("the prerequisites reach it", async () => {
  expect(await check(pod())).toEqual({
    code: 0,
    stdout: "ok     Redis 7 or later\n1 of 1 checks passed\n",
    stderr: "",
  });
});

describe("says what is wrong:", () => {
  const hint =
    "Upgrade the server to Redis 7 or later, or point omniops:redis at another. If it was not reached, correct " +
    "omniops:redisUrl, which begins with rediss:// if the server demands TLS; if its certificate is of an authority " +
    "of your own, set omniops:redis.ca.";
  const refused = (reason: string) => ({ code: 1, stderr: `FAILED Redis 7 or later: ${reason}\n  ${hint}\n` });

  test.each<[string, () => Record<string, string>, string]>([
    [
      "a wrong password",
      () => ({ ...pod(), REDIS_URL: redis.url("wrong") }),
      "WRONGPASS invalid username-password pair or user is disabled.",
    ],
    [
      "no password",
      () => ({ ...pod(), REDIS_URL: `rediss://127.0.0.1:${redis.port}` }),
      "NOAUTH Authentication required.",
    ],
    ["no authority", () => ({ REDIS_URL: redis.url() }), "unable to verify the first certificate"],
    ["another authority", () => ({ ...pod(), NODE_EXTRA_CA_CERTS: otherCa }), "unable to verify the first certificate"],
    [
      "another name than the certificate's",
      () => ({ ...pod(), REDIS_URL: redis.url().replace("127.0.0.1", "localhost") }),
      "Hostname/IP does not match certificate's altnames: Host: localhost. is not cert's CN: 127.0.0.1",
    ],
  ])("%s", async (_, environment, reason) => expect(await check(environment())).toMatchObject(refused(reason)));

  test("a URL without TLS", async () => {
    const { code, stderr } = await check({ ...pod(), REDIS_URL: redis.url().replace("rediss:", "redis:") });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^FAILED Redis 7 or later: (read|write) ECONNRESET/);
  });
});

test("the script that queues jobs again reaches it", async () => {
  await omniops.query(
    `WITH message AS (INSERT INTO public.messages (conversation_id, role, content) VALUES ($1, 'customer', 'Hello') RETURNING id)
     INSERT INTO public.sentiment_analysis (conversation_id, message_id, status, created_at)
     SELECT $1, id, 'pending', now() - interval '2 minutes' FROM message`,
    [smokeTest.conversation],
  );
  expect(await requeue(pod())).toContain('{"requeued":1,"alreadyQueued":0}');
  expect(await redis.client.llen("bull:sentiment-analysis:wait")).toBe(1);
});
