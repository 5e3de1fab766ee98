/** The key `checks` of a system's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration } from "../../../stack/config";
import { collectResources } from "../../support/mocks";
import { smallestStack } from "../../support/smallest-stack";

const stack = { ...smallestStack("mued"), "mued:application": '{"app":"registry.example/mued"}' };
const chat = "the critical endpoint /api/ai/chat";

beforeEach(() => void collectResources());

function read(checks: object, changes: Record<string, string> = {}) {
  pulumi.runtime.setAllConfig({ ...stack, "mued:checks": JSON.stringify(checks), ...changes }, ["mued:chatToken"]);
  return readConfiguration().systems[0]!;
}

test("changes, and checks of every kind", () => {
  const checks = {
    [chat]: { timeoutSeconds: 120, headers: { Authorization: "Bearer ${chatToken}", Accept: "text/event-stream" } },
    "the tables can be read": { skip: "we look at them ourselves" },
    "feedback is accepted": { url: "/api/feedback", body: { text: "smoke" }, status: 201, answer: { id: "<uuid>" } },
    metrics: { url: "https://metrics.example/metrics", metrics: [{ metric: "up", labels: { job: "a" }, value: 1 }] },
    "materials are there": { sql: "SELECT count(*) > 0 AS some FROM materials", row: { some: true } },
    "the graph": { tcp: "graph.example:7687" },
    "integration-tests": { image: "tests:1", command: ["npm", "test"], secrets: { TOKEN: "chatToken" } },
  };
  const { settings, secrets } = read(checks, { "mued:chatToken": "secret" });
  expect(Object.keys(secrets)).toEqual(["chatToken"]);
  expect(settings.checks).toMatchObject(checks);
});

const ownChecks =
  "PostgreSQL 14 or later, the existing MUED schema, the rights of mued_app, the columns of the existing tables, the keys of the existing tables, application health, the tables can be read, " +
  "the critical endpoint /api/ai/chat, the rollback triggers, the dialogue of the test is removed, " +
  "the metrics of the day before";

test.each<[object, string]>([
  [
    { "application helth": { timeoutSeconds: 20 } },
    `mued:checks.application helth is none of the system's checks, which are ${ownChecks}; ` +
      "use one of these names, or add url, sql, redis, tcp or image for a check of its own",
  ],
  [
    { "the tables can be read": { status: 201 } },
    'mued:checks.the tables can be read.status is for requests, and "the tables can be read" is none; remove it',
  ],
  [
    { [chat]: { url: "/api/chat" } },
    `mued:checks.${chat} adds a check, and the system has one of that name; choose another name`,
  ],
  [{ queue: { redis: ["PING"], matches: "PONG" } }, "mued:checks.queue.redis asks a Redis, and the system has none"],
  [
    { "Integration tests": { image: "tests:1", command: ["npm", "test"] } },
    "mued:checks.Integration tests is a command in an image; its name must be at most 30 lower-case letters",
  ],
  [
    { [chat]: {} },
    `mued:checks.${chat} is {}; it must have one of timeoutSeconds, withinSeconds, headers, status, answer, skip`,
  ],
  [{ [chat]: { timeoutSeconds: 0 } }, `mued:checks.${chat}.timeoutSeconds is 0; it must be more than 0`],
  [
    { [chat]: { timeout: 5 } },
    `unknown key mued:checks.${chat}.timeout; the keys of mued:checks.${chat} are timeoutSeconds, withinSeconds, headers, status, answer, skip`,
  ],
  [
    { slow: { sql: "SELECT 1", rows: 1 } },
    "unknown key mued:checks.slow.rows; the keys of mued:checks.slow are sql, row",
  ],
  [
    { slow: { sql: "SELECT ${X}" } },
    'mued:checks.slow.sql is "SELECT ${X}"; it must not contain ${: only headers name secrets',
  ],
  [{ graph: { tcp: "graph.example" } }, 'mued:checks.graph.tcp is "graph.example"; it must be HOST:PORT'],
  [{ page: { url: "api" } }, 'mued:checks.page.url is "api"; it must be a path such as /api/health, or a URL'],
  [
    { [chat]: { headers: { Authorization: "Bearer ${chatToken}" } } },
    "mued:chatToken is missing: named by mued:checks; set it with: pulumi config set --secret mued:chatToken",
  ],
  [
    { "the database answers": { skip: "it does" } },
    "mued:checks.the database answers cannot be changed, because a migration, a dump or the application would fail later; remove it",
  ],
  [
    { "every index is valid": { skip: "it is" } },
    "mued:checks.every index is valid cannot be changed, because the code relies on the schema: list a part that the database lacks in mued:schema.without; remove it",
  ],
  [
    { "mued-web is rolled out": { skip: "it is" } },
    "mued:checks.mued-web is rolled out cannot be changed, because what comes after it needs the new pods; remove it",
  ],
  [
    { "4.1 user dialogue query": { skip: "slow" } },
    "cannot be changed, because it is a measurement of the checklist's; with rag_indexes in mued:schema.without none is made; remove it",
  ],
  [
    { "every index is valid": { sql: "SELECT 1" } },
    "mued:checks.every index is valid adds a check, and the system has one of that name; choose another name",
  ],
  [
    { page: { url: "https://a.example/?a=1&access_token=abc" } },
    'mued:checks.page.url is "[hidden]"; it must not have the parameter access_token, a secret in plain text: send it in a header that names a secret key',
  ],
  [
    { page: { url: "api?limit=1&token=abc" } },
    'mued:checks.page.url is "api?limit=1&token=***"; it must be a path such as /api/health, or a URL without a user',
  ],
  [{ page: { url: "/callback#id_token=abc" } }, "it must not have the parameter id_token, a secret in plain text"],
  [
    { [chat]: { headers: { Accept: "a\nb" } } },
    `mued:checks.${chat}.headers.Accept is "[hidden]"; it must not contain a line break or another control character`,
  ],
  [
    { [chat]: { headers: { Authorization: "Bearer ${release}" } } },
    `mued:checks.${chat}.headers.Authorization names release, and mued:release is no secret; name a secret key, such as one that you set with: pulumi config set --secret mued:chatToken`,
  ],
  [
    { "integration-tests": { image: "tests:1", command: ["npm", "test"], secrets: { TOKEN: "replicas" } } },
    "mued:checks.integration-tests.secrets.TOKEN names replicas, and mued:replicas is no secret; name a secret key",
  ],
])("%j is refused", (checks, message) => expect(() => read(checks)).toThrow(message));

test("a public URL is one that users can have, and its checks have names", () => {
  expect(() => read({}, { "mued:publicUrl": "http://mued.example" })).toThrow(
    'mued:publicUrl is "http://mued.example"; it must be a URL such as https://www.example.com',
  );
  const { settings } = read(
    { "users reach /api/health": { status: 204 } },
    { "mued:publicUrl": "https://mued.example" },
  );
  expect(settings.publicUrl).toBe("https://mued.example");
});

test.each(["X-Maintenance-Bypass", "X-Signature", "X-Api-Token", "Session-Id", "X-Password"])(
  "the header %s holds a secret",
  (header) =>
    expect(() => read({ [chat]: { headers: { [header]: "abc" } } })).toThrow(
      `mued:checks.${chat}.headers.${header} is "[hidden]"; it must name a secret key of this namespace`,
    ),
);

test("a header holds a secret whose value is a login or a JSON web token", () => {
  expect(() => read({ [chat]: { headers: { "X-User": "Basic dXNlcjpwYXNz" } } })).toThrow("must name a secret key");
  expect(() => read({ [chat]: { headers: { "X-User": "eyJhbGci.eyJzdWIi.x" } } })).toThrow("must name a secret key");
});

test("headers and parameters that hold no secret are allowed", () => {
  const headers = { Accept: "text/csv", "Idempotency-Key": "smoke", "X-Tenant": "acme" };
  expect(read({ page: { url: "/api/items?limit=1&monkey=2", headers } }).settings.checks).toMatchObject({
    page: { headers },
  });
});

test("one wrong check makes no error about the secrets of the others", () => {
  const checks = {
    [chat]: { headers: { Authorization: "Bearer ${chatToken}" } },
    page: { url: "api", headers: { Authorization: "Bearer ${chatToken}", Accept: 1 } },
    graph: { tcp: "graph.example" },
    nothing: null,
  };
  let message = "";
  try {
    read(checks, { "mued:chatToken": "secret" });
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toContain("mued:checks.graph.tcp");
  expect(message).not.toContain("unknown key");
  expect(message).not.toContain("chatToken");
});

test("a plain key that a header names stays one: it is not asked for as a secret", () => {
  let message = "";
  try {
    read({ [chat]: { headers: { Authorization: "Bearer ${release}" } } });
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toContain("mued:release is no secret");
  expect(message).not.toContain("plain text");
});

test("the stack says for how long a check is repeated", () => {
  expect(read({ [chat]: { withinSeconds: 30 } }).settings.checks[chat]).toEqual({ withinSeconds: 30 });
  expect(read({ page: { url: "/", method: "POST" } }).settings.checks.page).toEqual({ url: "/", method: "POST" });
});

test("a secret in plain text is refused, and not repeated", () => {
  let message = "";
  try {
    read({ [chat]: { headers: { Authorization: "Bearer eyJhbGciOi" } } });
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toContain(
    `mued:checks.${chat}.headers.Authorization is "[hidden]"; it must name a secret key of this namespace, such as Bearer \${chatToken}`,
  );
  expect(message).not.toContain("eyJ");
});
