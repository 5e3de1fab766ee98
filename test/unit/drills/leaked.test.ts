/** Passwords of before: which ones there are, and since when each is refused. */
import type { Kubectl } from "../../../drills/kubectl";
import { LeakedPasswords, statesIn } from "../../../drills/leaked";
import { loginFile, loginsIn } from "../../../drills/leaked/logins";
import { expectRestarted } from "../../../drills/leaked/rotation";
import { secretLeak } from "../../../drills/scenarios/secret-leak";
import { StackSettings } from "../../../drills/stack-settings";

const secret = (name: string, data: Readonly<Record<string, string>>) => ({
  metadata: { name },
  data: Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")] as const),
  ),
});
const login = (host: string) => ({
  ...{ host, port: "5432", dbname: "prism", username: "prism", password: "p1", uri: "postgresql://..." },
});
const of = { system: "prism", namespace: "prism", live: "prism-postgresql-ab12cd" };
const secrets = JSON.stringify({
  items: [
    secret("prism-postgresql-ab12cd-prism", login("prism-postgresql-ab12cd-rw.prism")),
    secret("prism-postgresql-prism", login("prism-postgresql-rw.prism")),
    secret("prism-postgresql-ab12cd-superuser", { username: "postgres", password: "p2" }),
    secret("prism-postgresql-superuser", { ...login("prism-postgresql-rw"), dbname: "*" }),
    secret("prism-redis", { url: "redis://...", password: "p3", "redis.conf": "requirepass p3" }),
    secret("prism-secrets-1", { ADMIN_KEY: "generated-x" }),
    secret("of-others", login("db.example")),
    { metadata: { name: "empty" } },
  ],
});

test("logins of the live database and of Redis are tried, not those of one given up", () =>
  expect(loginsIn(secrets, of).map(({ name, kind, host, database }) => [name, kind, host, database])).toEqual([
    ["prism-postgresql-ab12cd-prism", "postgres", "prism-postgresql-ab12cd-rw.prism", "prism"],
    ["prism-postgresql-ab12cd-superuser", "postgres", "prism-postgresql-ab12cd-rw.prism", "postgres"],
    ["prism-redis", "redis", "prism-redis.prism", ""],
  ]));

test("logins on an external server are tried, too", () => {
  const external = JSON.stringify({ items: [secret("prism-postgresql-prism", login("db.example"))] });
  expect(loginsIn(external, of).map(({ host }) => host)).toEqual(["db.example"]);
});

test("a login's file has a line for each part", () =>
  expect(loginsIn(secrets, of).map(loginFile)).toContain("prism-redis\nredis\nprism-redis.prism\n6379\n\np3\n\n"));

test("a refusal counts from its beginning, unless the password was accepted again", () => {
  const log = [
    "1000000000001 a accepted",
    "1000000000002 b accepted",
    "1000000000003 a refused",
    "1000000000004 b refused",
    "1000000000005 a unreachable",
    "1000000000006 b accepted",
    "1000000000007 a refused",
    "1000000000008 b refused",
    "bash: line 1: something else",
  ].join("\n");
  expect(statesIn(log)).toEqual({
    a: { state: "refused", since: 1000000000003 },
    b: { state: "refused", since: 1000000000008 },
  });
});

test("passwords are in a Secret of the cluster, and in nothing that is printed or kept", async () => {
  const created: object[] = [];
  const run = (...args: string[]) => Promise.resolve(args[1] === "secrets" ? secrets : "");
  const kubectl = { run, create: (object: object) => Promise.resolve(void created.push(object)) };
  const names = await new LeakedPasswords(kubectl as unknown as Kubectl, { ...of, image: "postgresql:17" }).keep();
  expect(names).toEqual(["prism-postgresql-ab12cd-prism", "prism-postgresql-ab12cd-superuser", "prism-redis"]);
  expect(created).toMatchObject([{ kind: "Secret", metadata: { name: "runsheet-drill-leaked", namespace: "prism" } }]);
});

const settings = (config: Readonly<Record<string, unknown>>) => new StackSettings("staging", { config });

test("a stack without a password of its own is refused", () => {
  const existing = { "runsheet:systems": ["prism"], "prism:postgres": { engine: "existing" } };
  expect(secretLeak.unsuitable!(settings(existing), "stack")).toBe(
    "the stack staging makes no password: its databases exist, and prism have neither a Redis of the stack nor generateSecrets",
  );
  expect(secretLeak.unsuitable!(settings({ ...existing, "prism:generateSecrets": true }), "stack")).toBeUndefined();
  expect(secretLeak.unsuitable!(settings({}), "stack")).toBeUndefined();
});

test("secret keys are named, also nested ones", () =>
  expect(
    settings({ "b:key": { secure: "v1:x" }, "a:list": [{ password: { secure: "v1:y" } }], "c:plain": 1 }).secretKeys,
  ).toEqual(["a:list", "b:key"]));

const started = (name: string, generation: string | undefined, status: object) => ({
  kind: "Deployment",
  metadata: { name, generation: 2 },
  spec: { replicas: 1, template: { metadata: { annotations: generation && { "runsheet/passwords": generation } } } },
  status,
});
const done = { observedGeneration: 2, updatedReplicas: 1, readyReplicas: 1 };

test("pods of before, or that are not there yet, are named; those of others are not", async () => {
  const items = [
    started("api", "2", done),
    started("worker", "1", done),
    started("web", "2", { ...done, updatedReplicas: 0 }),
    started("late", "2", { ...done, observedGeneration: 1 }),
    started("of-others", undefined, {}),
  ];
  const kubectl = (of: object[]) =>
    ({ run: () => Promise.resolve(JSON.stringify({ items: of })) }) as unknown as Kubectl;
  await expect(expectRestarted(kubectl(items), "prism", "2")).rejects.toThrow(
    "not every pod was started with the new passwords: Deployment prism/worker, Deployment prism/web, Deployment prism/late",
  );
  await expect(expectRestarted(kubectl(items.slice(0, 1)), "prism", "2")).resolves.toBeUndefined();
});
