/** Errors in the services: the old release goes on serving. */
import { entrances, kubectl, systems, type System } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.restore());

const secrets = {
  prism: ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken"],
  omniops: ["openaiApiKey", "supabaseAnonKey", "supabaseServiceRoleKey", "slackWebhookUrl", "sendgridApiKey"],
  mued: [],
  pm: ["adminKey", "testApiKey", "neo4jPassword"],
};
const images = { prism: ["api", "functions"], omniops: ["app"], mued: ["app"], pm: ["backend", "frontend"] };
const secretKeys = systems.flatMap((system) => secrets[system].map((key) => `${system}:${key}`));

const forEach = (settings: (system: System) => Record<string, unknown>) =>
  stack.configure(
    Object.fromEntries(
      systems.flatMap((system) =>
        Object.entries(settings(system)).map(([key, value]) => [`${system}:${key}`, value] as const),
      ),
    ),
  );

test("an image that does not exist: the error names it, and the old release goes on serving", async () => {
  forEach((system) => ({
    application: Object.fromEntries(images[system].map((name) => [name, `runsheet.lab/missing-${system}`])),
    generateSecrets: undefined,
    baseline: undefined,
    rolloutDeadlineSeconds: 15,
  }));
  // The backfill would run the missing image first, and wait for it; rows are loaded for the stand-in only.
  stack.configure({ "omniops:backfill": undefined, "mued:performance": undefined });
  for (const key of secretKeys) {
    const set = await stack.pulumi(["config", "set", "--secret", key, "not-a-key", "--stack", "local"]);
    expect(set.code).toBe(0);
  }
  await stack.upFails(
    "runsheet.lab/missing-prism:5.0.0",
    "runsheet.lab/missing-omniops:phase4-v0.2.0",
    "runsheet.lab/missing-mued:2.0.0",
    "runsheet.lab/missing-pm:2.0",
  );
  const available = (system: System) =>
    kubectl("get", "-n", system, `deployment/${entrances[system]}`, "-o", "jsonpath={.status.availableReplicas}");
  expect(await Promise.all(systems.map(available))).toEqual(["2", "3", "2", "2"]);
});
