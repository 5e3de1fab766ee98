/** Errors in the services: the old release goes on serving. */
import { kubectl } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.restore());

test("an image that does not exist: the error names it, and the old release goes on serving", async () => {
  stack.configure({
    "prism:application": { api: "runsheet.lab/missing", functions: "runsheet.lab/missing" },
    "prism:generateSecrets": undefined,
    "prism:baseline": undefined,
    "prism:rolloutDeadlineSeconds": 15,
  });
  for (const key of ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken"]) {
    expect(
      (await stack.pulumi(["config", "set", "--secret", `prism:${key}`, "not-a-key", "--stack", "local"])).code,
    ).toBe(0);
  }
  await stack.upFails("runsheet.lab/missing:5.0.0");
  const available = await kubectl(
    "get",
    "-n",
    "prism",
    "deployment/prism-api",
    "-o",
    "jsonpath={.status.availableReplicas}",
  );
  expect(available).toBe("2");
  stack.configure({
    "prism:application": { standIn: true },
    "prism:generateSecrets": true,
    "prism:baseline": true,
    "prism:rolloutDeadlineSeconds": undefined,
    ...Object.fromEntries(
      ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken"].map((key) => [
        `prism:${key}`,
        undefined,
      ]),
    ),
  });
  await stack.upSucceeds();
});
