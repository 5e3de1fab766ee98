/** Errors in the configuration: an `up` reports them and changes nothing. */
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.leave());

test("an unknown key", async () => {
  stack.configure({ "prism:relase": "5.0.1" });
  await stack.upFails("nothing was changed", "unknown key prism:relase; the keys of prism: are release, ");
  stack.configure({ "prism:relase": undefined });
});

test("a missing key", async () => {
  stack.configure({ "prism:redis": undefined });
  await stack.upFails("prism:redis is missing; set it with: pulumi config set prism:redis");
  stack.configure({ "prism:redis": { engine: "kubernetes", storage: "1Gi" } });
});

test("a missing secret", async () => {
  stack.configure({ "prism:generateSecrets": undefined });
  await stack.upFails(
    "prism:openaiApiKey is missing: environment variable OPENAI_API_KEY; set it with: pulumi config set --secret prism:openaiApiKey",
  );
  stack.configure({ "prism:generateSecrets": true });
});

test("more connections than the server has", async () => {
  stack.configure({ "ai-backend:databaseMaxConnections": 20 });
  await stack.upFails(
    "ai-backend:databaseMaxConnections: needs 210 connections (20 x 5 pods x 2 during rollouts, + 10 reserved); the server allows 200",
  );
  stack.configure({ "ai-backend:databaseMaxConnections": undefined });
});

test("another size or another major version of what is there", async () => {
  const [postgres, redis] = ["mued:postgres", "prism:redis"].map((key) => stack.configured(key) as object);
  stack.configure({
    "mued:postgres": { ...postgres, storage: "512Mi", image: "runsheet.lab/postgresql:18" },
    "prism:redis": { ...redis, storage: "2Gi" },
  });
  await stack.upFails(
    "existing data cannot be changed as configured; nothing was changed:",
    "mued:postgres.image: runsheet.lab/postgresql:18 is PostgreSQL 18, and the database mued-postgresql",
    "mued:postgres.storage: 512Mi is less than the 1Gi that the database has",
    "prism:redis.storage: the volume of Redis has 1Gi, and its StatefulSet cannot change that to 2Gi. Set 1Gi;",
  );
  stack.configure({ "mued:postgres": postgres, "prism:redis": redis });
});

test("afterwards an up changes nothing", async () => expect((await stack.up("--expect-no-changes")).code).toBe(0));
