/** Rules of the policy pack, on resources as the engine passes them. */
import type { Planned } from "../../../policy/planned";
import { rules } from "../../../policy/rules";

const parameters = { archive_timeout: "60s" };
const archiving = [{ name: "barman-cloud.cloudnative-pg.io", isWALArchiver: true }];
const whole = { instances: 2, plugins: archiving, postgresql: { parameters } };

function cluster(spec: object = {}, { protect = true, hibernation = "off" } = {}): Planned {
  const metadata = { name: "prism-postgresql", annotations: { "cnpg.io/hibernation": hibernation } };
  return {
    name: "prism-postgresql",
    type: "kubernetes:postgresql.cnpg.io/v1:Cluster",
    props: { metadata, spec: { ...whole, ...spec } },
    opts: { protect },
  };
}

/** Violations of a resource, by rule. */
const violations = (resource: Planned) =>
  Object.fromEntries(
    rules.flatMap(({ name, violation }) => {
      const found = violation(resource);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );

test("a database that is protected, archived and has a replica keeps every rule", () =>
  expect(violations(cluster())).toEqual({}));

const ofKinds = "takes every object of its kinds with it, of other stacks too";

test.each([
  ["kubernetes:core/v1:PersistentVolumeClaim", "holds data"],
  ["kubernetes:apps/v1:StatefulSet", "holds data"],
  ["postgresql:index/database:Database", "holds data"],
  ["kubernetes:core/v1:Namespace", "takes all that is in it with it"],
  ["kubernetes:helm.sh/v3:Release", ofKinds],
  ["kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", ofKinds],
])("a %s is to be protected, for it %s", (type, why) => {
  const resource = { name: "prism-redis", type, props: {} };
  expect(violations({ ...resource, opts: { protect: true } })).toEqual({});
  expect(violations({ ...resource, opts: { protect: false } })).toEqual({
    "data-protected": `prism-redis ${why}, and a mistake in the configuration could delete it. Set runsheet:protect to true, or remove it`,
  });
});

test("a database is to be protected, unless a restore gave it up", () => {
  expect(Object.keys(violations(cluster({}, { protect: false })))).toEqual(["data-protected"]);
  expect(violations(cluster({ plugins: [] }, { protect: false, hibernation: "on" }))).toEqual({});
});

test.each([
  [true, { objectLockEnabled: true, forceDestroy: false }, true],
  [false, { objectLockEnabled: true }, false],
  [true, {}, false],
  [true, { objectLockEnabled: true, forceDestroy: true }, false],
])("a bucket with protect %s and %j may be: %s", (protect, props, allowed) => {
  const bucket = { name: "backups", type: "aws:s3/bucket:Bucket", props, opts: { protect } };
  const problem =
    "the bucket backups could be deleted with the backups in it: set protect and objectLockEnabled, and remove forceDestroy";
  expect(violations(bucket)).toEqual(allowed ? {} : { "backups-kept": problem });
});

test("what holds no data may be deleted", () =>
  expect(violations({ name: "x", type: "kubernetes:apps/v1:Deployment", props: {}, opts: { protect: false } })).toEqual(
    {},
  ));

test.each([[undefined], [[]], [[{ name: "barman-cloud.cloudnative-pg.io" }]], [[{ name: "x", isWALArchiver: true }]]])(
  "a database with the plugins %j is archived nowhere",
  (plugins) =>
    expect(violations(cluster({ plugins }))).toEqual({
      "databases-archived":
        "prism-postgresql is not archived: data that is lost with its volume cannot be restored. Set runsheet:backups",
    }),
);

test.each([
  ["60s", true],
  ["60", true],
  ["15min", true],
  ["900s", true],
  ["901s", false],
  ["1h", false],
  ["0", false],
  ["soon", false],
])("an archive_timeout of %s keeps the RPO: %s", (archive_timeout, kept) =>
  expect(violations(cluster({ postgresql: { parameters: { archive_timeout } } }))).toEqual(
    kept
      ? {}
      : {
          "databases-archived": `prism-postgresql may be further behind its archive than 15 minutes: archive_timeout is ${archive_timeout}. Remove it from the system's postgres.parameters`,
        },
  ),
);

test("a database without a replica is told of, and not refused", () => {
  expect(violations(cluster({ instances: 1 }))).toEqual({
    "databases-replicated":
      "prism-postgresql has one server: when its node is lost, it has to be restored. Set the system's postgres.instances to 2 or more",
  });
  expect(rules.map(({ name, level }) => [name, level])).toEqual([
    ["data-protected", "mandatory"],
    ["databases-archived", "mandatory"],
    ["backups-kept", "mandatory"],
    ["encrypted-in-transit", "mandatory"],
    ["servers-verified", "advisory"],
    ["databases-replicated", "advisory"],
  ]);
});

describe("what is sent in plain text", () => {
  const planned = (type: string, props: object): Planned => ({
    ...{ name: "it", type: `kubernetes:${type}` },
    ...{ props: { metadata: { namespace: "prism" }, ...props }, opts: { protect: true } },
  });
  const store = (endpointURL?: string) =>
    planned("barmancloud.cnpg.io/v1:ObjectStore", { spec: { configuration: { endpointURL } } });
  const job = (value: string) =>
    planned("batch/v1:Job", {
      spec: { template: { spec: { containers: [{ env: [{ name: "STORE_ENDPOINT", value }] }] } } },
    });
  const secret = (stringData: object) => planned("core/v1:Secret", { stringData });
  const ofStore =
    "it sends backups to the object store without TLS, and the keys' signatures with them. Set an endpoint with https:// in runsheet:backups";
  const ofAddress = (key: string) =>
    `it has an address without TLS in ${key}: who reads the way reads the messages. Set one with https://`;
  const ofRedis =
    "it has the address of a Redis elsewhere without TLS: who reads the way reads its password. Set a redisUrl with rediss://";

  const alerts = (receiver: object) =>
    planned("monitoring.coreos.com/v1alpha1:AlertmanagerConfig", {
      spec: { receivers: [{ name: "all", ...receiver }] },
    });
  const ofAlerts =
    "it sends alerts to an address without TLS: who reads the way reads them, and their key. Set one with https:// in runsheet:monitoring.receivers";
  const ofMail =
    "it sends alerts by mail without TLS, and the login to its server. Set runsheet:monitoring.receivers.email.requireTls to true";

  test.each([
    [alerts({ pagerdutyConfigs: [{ url: "http://events.example/v2" }] }), ofAlerts],
    [alerts({ emailConfigs: [{ smarthost: "mail.example:25", requireTLS: false }] }), ofMail],
    [store("http://store.example"), ofStore],
    [job("HTTP://store.example"), ofStore],
    [secret({ SLACK_WEBHOOK_URL: "http://hooks.example/key" }), ofAddress("SLACK_WEBHOOK_URL")],
    [secret({ SENTRY_DSN: "http://key@sentry.example/1" }), ofAddress("SENTRY_DSN")],
    [secret({ url: "redis://:password@redis.example:6379" }), ofRedis],
    [secret({ url: "redis://:password@prism-redis.other:6379" }), ofRedis],
  ])("%# is refused, without the address", (resource, message) =>
    expect(violations(resource)).toEqual({ "encrypted-in-transit": message }),
  );

  const verifying =
    "Set the system's postgres.sslMode to verify-full, or in databaseUrl sslmode=verify-full; with an authority of its own, postgres.ca";

  test.each(["disable", "allow", "prefer"])("a login with sslmode=%s is refused", (sslmode) =>
    expect(violations(secret({ uri: "postgresql://app:password@db.example/data", sslmode }))).toEqual({
      "encrypted-in-transit": `it logs in to a PostgreSQL elsewhere with sslmode=${sslmode}: who reads the way reads the data. ${verifying}`,
    }),
  );

  test("a login that believes any server is told", () =>
    expect(violations(secret({ uri: "postgresql://app:password@db.example/data", sslmode: "require" }))).toEqual({
      "servers-verified": `it logs in to a PostgreSQL elsewhere with sslmode=require, which believes any server. ${verifying}`,
    }));

  test.each([
    store("https://store.example"),
    store(),
    job("https://store.example"),
    alerts({ pagerdutyConfigs: [{ url: "https://events.example/v2" }], emailConfigs: [{ requireTLS: true }] }),
    secret({ SLACK_WEBHOOK_URL: "https://hooks.example/key", url: "rediss://:password@redis.example:6379" }),
    secret({ url: "redis://:password@prism-redis.prism:6379", "redis.conf": "requirepass redis:" }),
    secret({ uri: "postgresql://app:password@db.example/data", sslmode: "verify-full" }),
    secret({ uri: "postgresql://app:password@db.example/data", sslmode: "require", "ca.crt": "-----BEGIN" }),
    secret({ uri: "postgresql://app:password@prism-postgresql-rw.prism:5432/prism" }),
    planned("core/v1:Secret", {}),
  ])("%# is right", (resource) => expect(violations(resource)).toEqual({}));
});
