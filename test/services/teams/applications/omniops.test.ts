/** OmniOps' application: what the guide's probes and recovery ask, with a Redis that has TLS and a password. */
import { smokeTests } from "../../../../systems/omniops/checks";
import { omniopsConfiguration } from "../../../../systems/omniops/settings";
import { declared } from "../../../support/declared";
import { TeamRedis } from "../../../support/teams/redis";
import { privateFile } from "../../server-process";
import { TeamDatabase } from "../team-database";
import { omniops } from "../teams";
import { Application, databaseVariables } from "./application";
import { expectPassed } from "./default-checks";

jest.setTimeout(120_000);

let database: TeamDatabase;
let redis: TeamRedis;
let authority: string;
beforeAll(async () => {
  database = await TeamDatabase.start(omniops);
  await database.deployRest();
  redis = await TeamRedis.start("127.0.0.1");
  authority = await privateFile(database.server.postgres.directory, "redis-ca.crt", redis.ca);
});
afterAll(() => Promise.all([database?.stop(), redis?.stop()]));

const start = (variables: Record<string, string> = {}) => {
  const ofRedis = { REDIS_URL: redis.url(), NODE_EXTRA_CA_CERTS: authority };
  const all = { ...databaseVariables(database), OPENAI_API_KEY: "sk-test", ...ofRedis, ...variables };
  return Application.start("omniops", { variables: all });
};

describe("the application", () => {
  let application: Application;
  beforeAll(async () => {
    application = await start();
  });

  test.each(["/api/health", "/api/ready"])("GET %s", async (path) => {
    expect(await application.answer(path)).toEqual({ status: 200, body: "OK" });
  });

  test("all else is 404", async () => {
    const paths = ["/", "/health", "/api/messages", "/api/features"];
    const unknown = await Promise.all(paths.map((path) => application.ask(path)));
    expect(unknown.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  test("the default checks pass", async () => {
    const checks = smokeTests(declared(omniopsConfiguration, { app: "registry.example/omniops" }));
    await expectPassed(checks, database, { APP_URL: application.url });
  });

  test("Requeue failed jobs (from database): each that Redis lost, once", async () => {
    await database.query(`INSERT INTO sentiment_analysis (conversation_id, message_id, status, error)
      SELECT conversation_id, id, 'failed', 'lost' FROM messages ORDER BY id LIMIT 3`);
    const requeue = () => application.directory.run("omniops_requeue.py");
    expect(await requeue()).toBe("requeued 3 jobs, 0 were queued\n");
    await redis.client.lpop("omniops:sentiment-analysis");
    expect(await requeue()).toBe("requeued 1 jobs, 2 were queued\n");
    expect(await redis.client.llen("omniops:sentiment-analysis")).toBe(3);
  });
});

test("the password may be a variable of its own, as in Environment Variables", async () => {
  const url = new URL(redis.url());
  const password = decodeURIComponent(url.password);
  url.password = "";
  const application = await start({ REDIS_URL: url.href, REDIS_PASSWORD: password });
  expect((await application.ask("/api/ready")).status).toBe(200);
});

test.each([
  ["without the authority", { NODE_EXTRA_CA_CERTS: "" }],
  ["with another name than the certificate's", { host: "localhost" }],
])("%s the server is refused", async (_, { host = "127.0.0.1", ...variables }: Record<string, string>) => {
  const application = await start({ ...variables, REDIS_URL: redis.url().replace("127.0.0.1", host) });
  expect((await application.ask("/api/ready")).status).toBe(503);
  expect(application.log).toContain("certificate verify failed");
});

test("a variable that is missing ends it at once", async () => {
  await expect(start({ OPENAI_API_KEY: "" })).rejects.toThrow("the variable OPENAI_API_KEY is not set");
});

test("without its database it lives and is not ready", async () => {
  const application = await start();
  await database.server.postgres.suspend();
  const answers = await Promise.all(["/api/health", "/api/ready"].map((path) => application.ask(path)));
  expect(answers.map(({ status }) => status)).toEqual([200, 503]);
});
