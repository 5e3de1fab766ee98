import * as pulumi from "@pulumi/pulumi";
import { storeKeysOf } from "../../../components/system/backups";
import { readConfiguration, type Configuration } from "../../../stack/config";
import { names } from "../../../systems";
import type { PrismSettings } from "../../../systems/prism/settings";
import { collectResources } from "../../support/mocks";

const resources = { cpu: "500m", memory: "2Gi" };
/** Settings of PostgreSQL that are valid for a stack that protects its data. */
const cloudnativepg = (settings: object = {}) =>
  JSON.stringify({ engine: "cloudnativepg", storage: "10Gi", resources, ...settings });

const valid: Record<string, string> = {
  "runsheet:context": "somewhere",
  "runsheet:systems": '["prism"]',
  "prism:release": "5.0.0",
  "prism:application": '{"standIn":true}',
  "prism:generateSecrets": "true",
  "prism:postgres": cloudnativepg(),
  "prism:redis": '{"engine":"kubernetes"}',
};

beforeEach(() => void collectResources());

const resolved = <T>(input: pulumi.Input<T>) =>
  new Promise<unknown>((resolve) => pulumi.output(input).apply((value) => resolve(value)));

/** Settings and secrets of PRISM. */
const prismOf = ({ systems }: Configuration) => {
  const { settings, secrets } = systems.find(({ system }) => system.name === "prism")!;
  return { settings: settings as PrismSettings, secrets };
};

function read(changes: Record<string, string | undefined>, secretKeys: string[] = []) {
  const all = Object.entries({ ...valid, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  pulumi.runtime.setAllConfig(Object.fromEntries(all), secretKeys);
  return readConfiguration();
}

const adminPassword = { "prism:postgresAdminPassword": "generated" };
const business = { "prism:smokeTest": '{"businessId":"00000000-0000-4000-8000-000000000002"}' };
const realSecrets = {
  "prism:generateSecrets": undefined,
  "prism:openaiApiKey": "generated",
  "prism:supabaseServiceRoleKey": "generated",
  "prism:supabaseAnonKey": "generated",
  "prism:adminToken": "generated",
};

/** Keys that are set as secrets. A key with the value "plain" is not one. */
const secretsIn = (changes: Record<string, string | undefined>) =>
  Object.keys({ ...adminPassword, ...realSecrets }).filter((key) => changes[key] === "generated");

const problem = (text: string) => `the configuration of stack test has a problem; nothing was changed:\n  - ${text}`;

test("what is not set has the runbook's default", () => {
  const runsheet = read({});
  expect(prismOf(runsheet).settings).toMatchObject({
    feedbackBatchSize: 100,
    retrainingThreshold: 50,
    insightsBatchSize: 50,
    modelConfidenceThreshold: 0.7,
    baseline: false,
  });
  expect(runsheet.images.node).toMatch(/^docker\.io\/library\/node:22\.20\.0-bookworm-slim@sha256:[0-9a-f]{64}$/);
  expect(runsheet.platform).toEqual({ install: true });
  expect(runsheet.protect).toBe(true);
});

test("a value that looks like a number stays the text that it is", () =>
  expect(prismOf(read({ "prism:release": "5.0" })).settings.release).toBe("5.0"));

test("secrets stay secret", async () => {
  const { secrets } = prismOf(read({ "prism:openaiApiKey": "generated" }, ["prism:openaiApiKey"]));
  expect(await pulumi.isSecret(secrets.openaiApiKey!)).toBe(true);
});

test.each([
  [
    { "prism:release": undefined },
    "prism:release is missing; set it with: pulumi config set prism:release, or leave prism out of runsheet:systems",
  ],
  [
    { "prism:release": "5 0" },
    `prism:release is "5 0"; it must be a version such as 5.0.0 (letters, digits, '.', '_', '-')`,
  ],
  [
    { "prism:postgres": '{"engine":"cloudnativepg","instance":2}' },
    "unknown key prism:postgres.instance; the keys of prism:postgres are engine, image, instances, storage, storageClass, walStorage, resources, priorityClass, pooler, inheritsRoles, podMonitor, parameters",
  ],
  [{ "prism:modelConfidenceThreshold": "1.5" }, "prism:modelConfidenceThreshold is 1.5; it must be at most 1"],
  [{ "prism:feedbackBatchSize": "many" }, 'prism:feedbackBatchSize is "many"; it must be a whole number'],
  [{ "prism:feedbackBatchSize": "1.5" }, "prism:feedbackBatchSize is 1.5; it must be a whole number"],
  [{ "prism:baseline": "yes" }, 'prism:baseline is "yes"; it must be true or false'],
  [{ "prism:discard": "prism-postgresql" }, 'prism:discard is "prism-postgresql"; it must be a list'],
  [
    { "prism:supabaseUrl": "somewhere" },
    'prism:supabaseUrl is "somewhere"; it must be a URL such as https://www.example.com',
  ],
  [{ "prism:restore": "latest" }, 'prism:restore is "latest"; it must be an object'],
  [
    { "prism:schema": '{"without":["insights"]}' },
    'prism:schema.without[0] is "insights"; it must be one of ai_feedback, invoice_validations, business_classification_patterns, ml_models, user_insights, user_tax_profiles, training_batches',
  ],
  [
    { "prism:schema": '{"without":["user_insights"]}' },
    "prism:schema.without lists user_insights, and the migrations are those that Runsheet ships, which make it; remove it, or set schema.target to the last change to have",
  ],
  [{ "prism:postgres": "{}" }, "prism:postgres.engine is missing; it must be one of cloudnativepg, external, existing"],
  [
    { "prism:postgres": '{"engine":"mysql"}' },
    'prism:postgres.engine is "mysql"; it must be one of cloudnativepg, external, existing',
  ],
  [
    { "prism:postgres": '{"engine":"external"}', ...adminPassword },
    "prism:postgres.host is missing; set it with: pulumi config set --path 'prism:postgres.host'",
  ],
  [
    { "prism:workloads": '{"prism-api":{"environment":{"LIMIT":300}}}' },
    'prism:workloads.prism-api.environment.LIMIT is 300; it must be text in quotation marks: "300", or set it with: ' +
      "pulumi config set --path --type string 'prism:workloads.prism-api.environment.LIMIT' 300",
  ],
  [
    { "prism:postgres": cloudnativepg({ parameters: { max_connections: [300] } }) },
    "prism:postgres.parameters.max_connections is [300]; it must be text, a number, true or false",
  ],
  [
    { "prism:smokeTest": '{"userId":"me","businessId":"00000000-0000-4000-8000-000000000002"}' },
    'prism:smokeTest.userId is "me"; it must be a UUID such as 00000000-0000-4000-8000-000000000001',
  ],
  [{ "runsheet:systems": "[]" }, "runsheet:systems is []; it must not be empty"],
  [{ "runsheet:context": "" }, 'runsheet:context is ""; it must not be empty'],
  [{ "runsheet:context": undefined }, "runsheet:context is missing; set it with: pulumi config set runsheet:context"],
  [
    { "prism:openaiApiKey": "plain" },
    "prism:openaiApiKey is a secret in plain text; set it with: pulumi config set --secret prism:openaiApiKey",
  ],
  [
    { "prism:redis": '{"engine":"external"}' },
    "prism:redisUrl is missing: URL of the Redis; set it with: pulumi config set --secret prism:redisUrl",
  ],
  [
    { "prism:schema": '{"target":"nothing"}' },
    'prism:schema.target is "nothing": unknown change; changes: ai_feedback, invoice_validations, business_classification_patterns, ml_models, user_insights, user_tax_profiles, feedback_training_index, user_tax_profiles_updated_at, none',
  ],
  [
    { "prism:postgres": '{"engine":"external","host":"db.example"}' },
    "prism:postgresAdminPassword is missing: Password of `postgres.adminUser`; set it with: pulumi config set --secret prism:postgresAdminPassword",
  ],
  [
    { "prism:application": '{"api":"registry.example/api","functions":"registry.example/functions"}', ...business },
    "prism:generateSecrets is true and the application is not the stand-in; set it to false, and set the real secrets",
  ],
  [
    {
      "prism:baseline": "true",
      "prism:application": '{"api":"api","functions":"functions"}',
      ...realSecrets,
      ...business,
    },
    "prism:baseline is true and the application is not the stand-in, but has a schema of its own; set it to false",
  ],
  [
    { "prism:baseline": "true", "prism:postgres": '{"engine":"external","host":"db.example"}', ...adminPassword },
    "prism:baseline is true and the database is on an external server, which must have its schema; set it to false",
  ],
  [
    {
      "prism:application": '{"api":"api","functions":"functions"}',
      ...realSecrets,
    },
    "prism:smokeTest.businessId is missing: the runbook asks the business classifier about a business. Find one of yours with SELECT id FROM businesses LIMIT 1, and set it with: pulumi config set --path prism:smokeTest.businessId ID",
  ],
  [
    { "prism:contacts": '[{"role":"On call"}]' },
    "prism:contacts[0].reach is missing; set it with: pulumi config set --path 'prism:contacts[0].reach'",
  ],
  [
    { "prism:contacts": '[{"role":"On call","reach":"#ops","minutes":0}]' },
    "prism:contacts[0].minutes is 0; it must be at least 1",
  ],
  [{ "prism:publicCa": "ca.pem" }, 'prism:publicCa is "ca.pem"; it must be the certificate of an authority as PEM'],
  [
    { "prism:application": '{"api":"registry.example/api"}' },
    'prism:application is {"api":"registry.example/api"}; it must be { api: IMAGE, functions: IMAGE } or { standIn: true }',
  ],
  [
    { "prism:application": '{"api":"https://registry.example/api","functions":"registry.example/functions"}' },
    'prism:application is {"api":"https://registry.example/api","functions":"registry.example/functions"}; it must be ' +
      "{ api: IMAGE, functions: IMAGE } or { standIn: true }: api must be an image such as registry.example:5000/team/api: " +
      "lower case, without https://, and perhaps with a tag (:5.0.0) or a whole digest (@sha256: and 64 hex digits)",
  ],
  [
    {
      "prism:application": '{"api":"registry.example:5000/api:4.9.0","functions":"registry.example/functions:v5.0.0"}',
      ...business,
      ...realSecrets,
    },
    "prism:application.api is registry.example:5000/api:4.9.0, whose tag is not of release 5.0.0; leave the tag out, or set " +
      "both to one release",
  ],
  [
    {
      "prism:application": `{"api":"registry.example/api:15.0.0@sha256:${"a".repeat(64)}","functions":"registry.example/functions"}`,
      ...business,
      ...realSecrets,
    },
    `prism:application.api is registry.example/api:15.0.0@sha256:${"a".repeat(64)}, whose tag is not of release 5.0.0; leave ` +
      "the tag out, or set both to one release",
  ],
  [
    { "runsheet:images": '{"redis":"redis:8:2"}' },
    'runsheet:images.redis is "redis:8:2"; it must be an image such as registry.example:5000/team/api: lower case, without ' +
      "https://, and perhaps with a tag (:5.0.0) or a whole digest (@sha256: and 64 hex digits)",
  ],
  [
    { "runsheet:backups": '{"bucket":"Backups"}' },
    `runsheet:backups.bucket is "Backups"; it must be the name of a bucket: 3 to 63 of a-z, 0-9, '.' and '-'`,
  ],
  [
    { "runsheet:backups": '{"bucket":"backups","endpoint":"s3.example.com"}' },
    'runsheet:backups.endpoint is "s3.example.com"; it must be a URL such as https://s3.example.com',
  ],
  [
    { "runsheet:backups": '{"bucket":"backups","encryption":"none"}' },
    'runsheet:backups.encryption is "none"; it must be one of AES256, aws:kms',
  ],
  [
    { "runsheet:backups": '{"bucket":"backups","dumps":{"keepDays":{"daily":0}}}' },
    "runsheet:backups.dumps.keepDays.daily is 0; it must be at least 1",
  ],
  [
    { "runsheet:backups": '{"bucket":"backups","retentionDays":0}' },
    "runsheet:backups.retentionDays is 0; it must be at least 1",
  ],
  [
    { "prism:timeZone": "Africa/lagos" },
    'prism:timeZone is "Africa/lagos"; it must be a time zone such as Africa/Lagos',
  ],
  [{ "prism:timeZone": "Asia/tokyo" }, 'prism:timeZone is "Asia/tokyo"; it must be a time zone such as Asia/Tokyo'],
  [
    { "runsheet:backups": '{"bucket":"backups","restoreTest":"0 4 * * 7"}' },
    `runsheet:backups.restoreTest is "0 4 * * 7"; it must be cron's five fields, such as 0 2 * * *: the day of the week is 7, ` +
      "and must be 0-6 or sun-sat, *, or a list or steps of them",
  ],
  [{ "prism:timeZone": "Nigeria" }, 'prism:timeZone is "Nigeria"; it must be a time zone such as Africa/Lagos'],
  [{ "prism:dump": '{"storage":"10"}' }, 'prism:dump.storage is "10"; it must be a size such as 10Gi'],
])("%j is an error that names the key and the way out", (changes, message) =>
  expect(() => read(changes, secretsIn(changes))).toThrow(problem(message)),
);

test("an error does not show the password of a URL", () => {
  expect(() => read({ "prism:timeZone": "redis://me:s3cret@host" })).toThrow(
    problem('prism:timeZone is "redis://***@host"; it must be a time zone such as Africa/Lagos'),
  );
});

test.each([
  ["prism:timeZone", "Africa/Lagos"],
  ["prism:timeZone", "s3cret"],
  ["prism:release", "510"],
  ["prism:registries", '{"registry.example":{"username":"robot","password":"s3cret","s3cret":1}}'],
  ["prism:timeZone", "<s3cret, such as s3cret>"],
  ["runsheet:namespacePrefix", "s3cret-"],
  ["prism:workloads", '{"prism-api":{"environment":{"API_NAME":"s3cret"}}}'],
])("a secret in the plain key %s is refused, and not shown", (key, value) => {
  const refused = () => read({ [key]: value }, [key]);
  expect(refused).toThrow(
    problem(
      `${key} is set as a secret, and is no secret key: Runsheet shows it in previews, and keeps it in plain text in the ` +
        "state; set it without --secret, or, if it must not be read there, remove it: " +
        `pulumi config rm ${key}`,
    ),
  );
  expect(refused).not.toThrow("s3cret");
});

test("a check of several keys does not show what is a secret in one of them", () => {
  const application = '{"api":"registry.example/topsecret:4.9.0"}';
  const refused = () => read({ "prism:application": application }, ["prism:application"]);
  expect(refused).toThrow("has a problem; nothing was changed:\n  - prism:application is set as a secret");
  expect(refused).not.toThrow("topsecret");
});

test("an unknown key that is a secret is named, and nothing of any secret's value", () => {
  const registries = '{"registry.example":{"username":"robot","password":"s3cret"}}';
  const values = { "prism:registries": registries, "prism:other": "2026-01-02 00:00:00 +0000 UTC" };
  const refused = () => read(values, Object.keys(values));
  expect(refused).toThrow("has 2 problems; nothing was changed:\n  - prism:registries is set as a secret");
  expect(refused).toThrow("\n  - unknown key prism:other; the keys of prism: are ");
  expect(refused).not.toThrow(/s3cret|2026/);
});

test("a parameter of PostgreSQL may be a number, or true or false", () => {
  const parameters = { max_connections: 510, checkpoint_completion_target: 0.9, jit: false, work_mem: "16MB" };
  expect(prismOf(read({ "prism:postgres": cloudnativepg({ parameters }) })).settings.postgres).toMatchObject({
    parameters: { max_connections: "510", checkpoint_completion_target: "0.9", jit: "false", work_mem: "16MB" },
  });
});

test.each(["postgresql", "postgresql:latest", `registry:5000/postgresql@sha256:${"17".repeat(32)}`])(
  "an image of PostgreSQL that is called %s is of nobody knows which version",
  (image) => {
    const refused =
      "must have a tag that begins with PostgreSQL's version, such as registry.example/postgresql:17.6; a digest may come after it";
    const postgres = JSON.stringify({ engine: "cloudnativepg", image });
    expect(() => read({ "prism:postgres": postgres })).toThrow(
      problem(`prism:postgres.image is "${image}"; it ${refused}`),
    );
    const images = JSON.stringify({ postgresql: image });
    expect(() => read({ "runsheet:images": images })).toThrow(
      problem(`runsheet:images.postgresql is "${image}"; it ${refused}`),
    );
  },
);

describe("what a database is given", () => {
  const backups = {
    "runsheet:backups": '{"bucket":"backups"}',
    "runsheet:backupsAccessKeyId": "generated",
    "runsheet:backupsSecretAccessKey": "generated",
  };
  const given = (settings: object, changes: Record<string, string> = {}) =>
    read({ "prism:postgres": cloudnativepg(settings), ...changes }, Object.keys(backups).slice(1));

  test("of its node has to be said where the stack protects its data", () => {
    const missing =
      "prism:postgres.resources is missing: what a server is promised of its node, without which it is the first to be ended where memory is short. Set it, such as { cpu: 500m, memory: 2Gi }; only where runsheet:protect is false it may be left out";
    expect(() => given({ resources: undefined })).toThrow(problem(missing));
    expect(prismOf(given({ resources: undefined }, { "runsheet:protect": "false" })).settings.postgres).toEqual({
      engine: "cloudnativepg",
      instances: 1,
      inheritsRoles: false,
      storage: "10Gi",
      parameters: {},
      podMonitor: false,
    });
  });

  test.each([
    [{ memoryLimit: "1Gi" }, "prism:postgres.resources.memoryLimit is less than prism:postgres.resources.memory"],
    [{ cpu: "1", cpuLimit: "900m" }, "prism:postgres.resources.cpuLimit is less than prism:postgres.resources.cpu"],
    [{ memory: "2G" }, 'prism:postgres.resources.memory is "2G"; it must be a size such as 10Gi'],
    [{ cpu: "half" }, 'prism:postgres.resources.cpu is "half"; it must be CPUs, such as 500m'],
  ])("cannot be %j", (changes, message) =>
    expect(() => given({ resources: { ...resources, ...changes } })).toThrow(
      problem(message.replace(" than prism:", " than ")),
    ),
  );

  test("a pooler has a mode", () => {
    expect(() => given({ pooler: {} })).toThrow(
      problem("prism:postgres.pooler.mode is missing; it must be session or transaction"),
    );
    expect(prismOf(given({ pooler: { mode: "transaction" } })).settings.postgres).toMatchObject({
      pooler: { mode: "transaction", instances: 2, connections: 20, clients: 1000 },
    });
  });

  test("has to hold PostgreSQL's own cache", () => {
    expect(() => given({ parameters: { shared_buffers: "3GB" } })).toThrow(
      problem("prism:postgres.parameters.shared_buffers: 3GB is more than postgres.resources.memory, 2Gi"),
    );
    expect(() => given({ parameters: { shared_buffers: "2GB" } })).not.toThrow();
  });

  test("has to hold half a day of the log where it is archived and protected", () => {
    const full = (key: string, size: string, hours: number) =>
      problem(
        `prism:postgres.${key}: ${size} is full within ${hours} h when the object store takes nothing, since the log grows by up to 960 Mi an hour even of a database that writes little. Set 10Gi or more, or postgres.walStorage to so much`,
      );
    expect(() => given({ storage: "1Gi" }, backups)).toThrow(full("storage", "1Gi", 2));
    expect(() => given({ storage: "100Gi", walStorage: "9Gi" }, backups)).toThrow(full("walStorage", "9Gi", 10));
    expect(() => given({ storage: "1Gi", walStorage: "10Gi" }, backups)).not.toThrow();
    expect(() => given({ storage: "1Gi" })).not.toThrow();
    expect(() => given({ storage: "1Gi" }, { ...backups, "runsheet:protect": "false" })).not.toThrow();
  });

  test("the log is archived as it is said", () => {
    expect(given({}, backups).backups!.wal).toEqual({ compression: "lz4", maxParallel: 1 });
    const wal = { compression: "gzip", maxParallel: 8 };
    const set = { ...backups, "runsheet:backups": JSON.stringify({ bucket: "backups", wal }) };
    expect(given({}, set).backups!.wal).toEqual(wal);
    const unknown = JSON.stringify({ bucket: "backups", wal: { compression: "zip" } });
    expect(() => given({}, { ...backups, "runsheet:backups": unknown })).toThrow(
      problem('runsheet:backups.wal.compression is "zip"; it must be one of lz4, gzip, bzip2, snappy'),
    );
  });
});

describe("the operators' images", () => {
  const operator = (image: string, changes: Record<string, string> = {}) =>
    read({ "runsheet:images": JSON.stringify({ cloudnativepgOperator: image }), ...changes });

  test("are of the versions whose kinds are installed", () => {
    const problems = [
      ["cloudnativepgOperator", "example/cloudnative-pg:1.29.1", "1.29.1", "1.30.0"],
      ["barmanPlugin", "example/plugin:v0.15.0", "0.15.0", "0.14.0"],
      ["barmanSidecar", "example/sidecar:v0.13.0@sha256:" + "0".repeat(64), "0.13.0", "0.14.0"],
    ].map(
      ([key, image, found, version]) =>
        `  - runsheet:images.${key}: ${image} has the version ${found}, but the operator's definitions and RBAC rules are of ${version}. Set an image of ${version}, or set runsheet:platform.install to false if the cluster has the operators`,
    );
    const images = {
      cloudnativepgOperator: "example/cloudnative-pg:1.29.1",
      barmanPlugin: "example/plugin:v0.15.0",
      barmanSidecar: "example/sidecar:v0.13.0@sha256:" + "0".repeat(64),
    };
    expect(() => read({ "runsheet:images": JSON.stringify(images) })).toThrow(
      ["the configuration of stack test has 3 problems; nothing was changed:", ...problems].join("\n"),
    );
  });

  test.each([
    "registry:5000/cloudnative-pg:1.30.0",
    "example/cloudnative-pg:1.30.0-debian12@sha256:" + "0".repeat(64),
    "example/cloudnative-pg:ours",
    "example/cloudnative-pg@sha256:" + "0".repeat(64),
  ])("may be %s", (image) => expect(operator(image).images.cloudnativepgOperator).toBe(image));

  test("are nobody's business where somebody else installs them", () =>
    expect(
      operator("example/cloudnative-pg:1.29.1", { "runsheet:platform": '{"install":false}' }).platform.install,
    ).toBe(false));
});

const blank =
  "prism:redisUrl begins or ends with white space, or contains a line break; remove it, and set it with: pulumi config set --secret prism:redisUrl";

test.each([
  ["", "prism:redisUrl is empty; set it with: pulumi config set --secret prism:redisUrl"],
  ["redis://somewhere\n", blank],
  [" redis://somewhere", blank],
  [
    "redis://:pass/word@somewhere",
    "prism:redisUrl is not a URL; in its password write %2F for /, %23 for #, %3F for ? and %40 for @",
  ],
])("the secret %j is an error that does not show it", (url, message) =>
  expect(() => read({ "prism:redis": '{"engine":"external"}', "prism:redisUrl": url }, ["prism:redisUrl"])).toThrow(
    new pulumi.RunError(problem(message)),
  ),
);

test.each([
  [
    { engine: "external" },
    "https://somewhere",
    "prism:redisUrl begins with https:; it must begin with redis://, or with rediss:// for TLS",
  ],
  [
    { engine: "external", ca: "-----BEGIN CERTIFICATE-----" },
    "redis://somewhere",
    "prism:redis.ca is set and redisUrl begins with redis://, without TLS; begin it with rediss://, or remove redis.ca",
  ],
])("%j with %s is refused", (redis, url, message) =>
  expect(() => read({ "prism:redis": JSON.stringify(redis), "prism:redisUrl": url }, ["prism:redisUrl"])).toThrow(
    new pulumi.RunError(problem(message)),
  ),
);

test("an authority with which nothing is verified is refused", () => {
  const ca = "-----BEGIN CERTIFICATE-----";
  const postgres = { engine: "external", host: "db.example", sslMode: "disable", ca };
  const external = { "prism:postgres": JSON.stringify(postgres), ...adminPassword };
  expect(() => read(external, ["prism:postgresAdminPassword"])).toThrow(
    problem("prism:postgres.ca is set and postgres.sslMode is disable, without TLS; remove one of them"),
  );
  const keys = { "runsheet:backupsAccessKeyId": "generated", "runsheet:backupsSecretAccessKey": "generated" };
  const backups = { "runsheet:backups": JSON.stringify({ bucket: "backups", endpoint: "http://s3.example", ca }) };
  expect(() => read({ ...backups, ...keys }, Object.keys(keys))).toThrow(
    problem(
      "runsheet:backups.ca is set and backups.endpoint is http://s3.example, without TLS; begin it with https://, or remove backups.ca",
    ),
  );
});

test("an external server is verified unless the stack says otherwise", () => {
  const external = { "prism:postgres": '{"engine":"external","host":"db.example"}', ...adminPassword };
  expect(prismOf(read(external, ["prism:postgresAdminPassword"])).settings.postgres).toEqual({
    ...{ engine: "external", host: "db.example", port: 5432, adminUser: "postgres" },
    ...{ sslMode: "verify-full", requireAuth: "scram-sha-256", inheritsRoles: false, readsAllStats: false },
  });
});

test("a URL with a password that is percent-encoded is taken", () => {
  const url = { "prism:redis": '{"engine":"external"}', "prism:redisUrl": "rediss://:pass%2Fword@somewhere:6380/1" };
  expect(prismOf(read(url, ["prism:redisUrl"])).secrets.redisUrl).toBeDefined();
});

describe("backups", () => {
  const keys = ["runsheet:backupsAccessKeyId", "runsheet:backupsSecretAccessKey"] as const;
  const given = Object.fromEntries(keys.map((key) => [key, "generated"]));
  const backups = (settings: object) => ({ "runsheet:backups": JSON.stringify({ bucket: "backups", ...settings }) });
  const endpoint = "https://s3.example.com";

  test("there are none unless the stack says where to", () => expect(read({}).backups).toBeUndefined());

  test("as the runbook wants them, under the stack's name", () =>
    expect(read({ ...backups({ endpoint }), ...given }, [...keys]).backups).toMatchObject({
      baseBackups: "0 */6 * * *",
      retentionDays: 30,
      restoreTest: "0 4 * * *",
      dumps: "0 1 * * *",
      keepDays: { daily: 30, weekly: 90, monthly: 365, "before-migration": null },
      store: { bucket: "backups", prefix: "test", endpoint, region: "us-east-1" },
    }));

  test("what is said of one tier leaves the others as they are", () => {
    const dumps = { keepDays: { daily: 7, beforeMigration: 3650 } };
    expect(read({ ...backups({ dumps }), ...given }, [...keys]).backups!.keepDays).toEqual({
      daily: 7,
      weekly: 90,
      monthly: 365,
      "before-migration": 3650,
    });
  });

  test("without an endpoint they are at AWS, in the region", () =>
    expect(read({ ...backups({ region: "eu-west-1" }), ...given }, [...keys]).backups!.store.endpoint).toBe(
      "https://s3.eu-west-1.amazonaws.com",
    ));

  test("what deletes may have keys of its own, both or none", () => {
    const deleting = ["runsheet:backupsRetentionAccessKeyId", "runsheet:backupsRetentionSecretAccessKey"] as const;
    const keysOf = (stack: Configuration) => storeKeysOf("prism", {}, stack.backups!.keys);
    expect(keysOf(read({ ...backups({}), ...given }, [...keys])).retention).toBeUndefined();
    const one = { ...backups({}), ...given, [deleting[0]]: "generated" };
    expect(() => read(one, [...keys, deleting[0]])).toThrow(
      problem(
        `${deleting[1]} is missing: Secret access key of \`backupsRetentionAccessKeyId\`, and required with it; set it with: pulumi config set --secret ${deleting[1]}`,
      ),
    );
    const both = read({ ...one, [deleting[1]]: "generated" }, [...keys, ...deleting]);
    expect(Object.keys(keysOf(both).retention!)).toEqual(["accessKeyId", "secretAccessKey"]);
  });

  describe("keys of a system", () => {
    const own = keys.map((key) => key.replace("runsheet", "prism"));
    const ofPrism = Object.fromEntries(own.map((key) => [key, "own"]));
    const deleting = ["runsheet:backupsRetentionAccessKeyId", "runsheet:backupsRetentionSecretAccessKey"];
    const all = { ...given, ...Object.fromEntries(deleting.map((key) => [key, "generated"])), ...ofPrism };

    test("take the place of the stack's, those that delete among them", async () => {
      const stack = read({ ...backups({}), ...all }, Object.keys(all));
      const { backup, retention } = storeKeysOf("prism", prismOf(stack).secrets, stack.backups!.keys);
      expect(await resolved(backup.accessKeyId)).toBe("own");
      expect(retention).toBeUndefined();
    });

    test("are enough where each system has them", () =>
      expect(read({ ...backups({}), ...ofPrism }, own).backups).toBeDefined());

    test("are set together", () =>
      expect(() => read({ ...backups({}), ...given, [own[0]!]: "own" }, [...keys, own[0]!])).toThrow(
        problem(
          "prism:backupsSecretAccessKey is missing: Secret access key of `backupsAccessKeyId`, and required with it; " +
            "set it with: pulumi config set --secret prism:backupsSecretAccessKey",
        ),
      ));
  });

  const restoring = (restore: object) => ({
    ...backups({}),
    ...given,
    "prism:restore": JSON.stringify(restore),
  });

  test.each([
    ["latest", "latest"],
    ["2026-11-27T09:30:00Z", { time: "2026-11-27T09:30:00Z" }],
    ["2026-11-27T10:30:00.5+01:00", { time: "2026-11-27T10:30:00.5+01:00" }],
    // Pulumi's format of a time that is not quoted in YAML.
    ["2026-11-27 09:30:00.123456 +0000 UTC", { time: "2026-11-27T09:30:00.123456Z" }],
    ["2026-11-27 10:30:00 +0100 +0100", { time: "2026-11-27T10:30:00+01:00" }],
    ["0/3a000028", { lsn: "0/3A000028" }],
    ["daily/20261127T010000Z", { dump: "daily/20261127T010000Z" }],
  ])("a database can be brought back to %s", (from, point) =>
    expect(prismOf(read(restoring({ from }), [...keys])).settings.restore).toEqual({
      from: point,
      deadlineSeconds: 3600,
    }),
  );

  test.each(["yesterday", "2026-11-27", "2026-13-27T09:30:00Z", "2026-11-27T09:30:00", "hourly/x", ""])(
    "but not to %j",
    (from) =>
      expect(() => read(restoring({ from }), [...keys])).toThrow(
        problem(
          `prism:restore.from is "${from}"; it must be latest, a time such as 2026-11-27T09:30:00Z, an LSN such as 0/3000028, or a dump such as daily/20261127T010000Z`,
        ),
      ),
  );

  test("a restore needs to know where the backups are", () =>
    expect(() => read({ "prism:restore": '{"from":"latest"}' })).toThrow(
      problem("prism:restore needs runsheet:backups; set it to where the backups are"),
    ));

  test("one key alone is none", () => {
    const missing = (key: string, what: string) =>
      `runsheet:${key} is missing: ${what}; set it with: pulumi config set --secret runsheet:${key}`;
    const [id, secret] = [
      missing("backupsAccessKeyId", "Access key ID for the bucket"),
      missing("backupsSecretAccessKey", "Secret access key of `backupsAccessKeyId`, and required with it"),
    ];
    expect(() => read({ ...backups({}), [keys[0]]: "generated" }, [keys[0]])).toThrow(problem(secret));
    const both = [id, secret].map((line) => `  - ${line}`);
    expect(() => read(backups({ endpoint }))).toThrow(
      `the configuration of stack test has 2 problems; nothing was changed:\n${both.join("\n")}`,
    );
  });
});

const omniops: Record<string, string> = {
  "runsheet:systems": '["omniops"]',
  "omniops:release": "phase4-v0.2.0",
  "omniops:application": '{"standIn":true}',
  "omniops:generateSecrets": "true",
  "omniops:postgres": cloudnativepg(),
  "omniops:redis": '{"engine":"kubernetes"}',
  "omniops:supabaseUrl": "https://omniops.example",
  "omniops:openaiOrganization": "org-test",
};
const mued: Record<string, string> = {
  "runsheet:systems": '["mued"]',
  "mued:release": "2.0.0",
  "mued:application": '{"standIn":true}',
  "mued:postgres": cloudnativepg(),
};

const pm: Record<string, string> = {
  "runsheet:systems": '["pm"]',
  "pm:release": "2.0",
  "pm:application": '{"standIn":true}',
  "pm:generateSecrets": "true",
  "pm:postgres": cloudnativepg(),
  "pm:redis": '{"engine":"kubernetes"}',
  "pm:neo4j": '{"uri":"neo4j+s://graph.example:7687"}',
};
const aiBackend: Record<string, string> = {
  "runsheet:systems": '["ai-backend"]',
  "ai-backend:release": "1.0.0",
  "ai-backend:application": '{"standIn":true}',
  "ai-backend:generateSecrets": "true",
  "ai-backend:postgres": cloudnativepg(),
  "ai-backend:redis": '{"engine":"kubernetes"}',
};

test("PM Intelligence: the runbook's defaults", () =>
  expect(read(pm).systems[0]!.settings).toMatchObject({
    apiKeyCache: { ttlMilliseconds: 300_000, maxSize: 1000 },
    neo4jBacklog: { maxSize: 10_000, cleanupDays: 7, maxRetries: 5 },
    logLevel: "info",
    opportunityLogLevel: "debug",
    performanceMetrics: true,
    errorAggregation: true,
    thresholds: { p95Milliseconds: 2000, errorRate: 1 },
  }));

test("AI Backend: the guide's features are on, and its largest number of pods is 5", () =>
  expect(read(aiBackend).systems[0]!.settings).toMatchObject({
    features: { fraudDetection: true, predictiveAnalytics: true, complianceChecking: true, nlpInvoice: true },
    scaling: { min: 2, max: 5, cpuPercent: 70 },
    objectives: { p95Milliseconds: 2000, errorRate: 1 },
  }));

test("the guide's tuning of AI Backend fits when the server has connections for it", () => {
  const parameters = cloudnativepg({ parameters: { max_connections: "210" } });
  const tuned = { "ai-backend:databaseMaxConnections": "20", "ai-backend:postgres": parameters };
  expect(read({ ...aiBackend, ...tuned }).systems.length).toBe(1);
});

test("OmniOps: the guide's defaults, and no feature for anybody", () => {
  const { settings } = read(omniops).systems[0]!;
  expect(settings).toMatchObject({
    models: { sentiment: "gpt-4o-mini-2024-07-18", predictions: "gpt-4-turbo-2024-04-09" },
    sentimentConfidenceThreshold: 0.7,
    escalationSentimentThreshold: 0.3,
    suggestionTimeoutMilliseconds: 5000,
    batchIntervalMilliseconds: 300_000,
    insightsSchedule: "0 */6 * * *",
    features: { sentiment_analysis: { enabled: false, percentage: 0, customers: [] } },
  });
  expect(settings).not.toHaveProperty("backfill");
});

test("a system that the stack does not have is not looked at", () =>
  expect(read({ "mued:nonsense": "1" }).systems.map(({ system }) => system.name)).toEqual(["prism"]));

test.each<[Record<string, string>, Record<string, string | undefined>, string]>([
  [
    omniops,
    { "omniops:features": '{"sentiment_analysis":{"enabled":true},"auto_escalation":{"enabled":true,"percentage":5}}' },
    "omniops:features.auto_escalation.percentage is 5 but requires sentiment_analysis: set it to at most its 0 %, or raise sentiment_analysis first",
  ],
  [
    omniops,
    { "omniops:features": '{"sentiment":{"enabled":true}}' },
    "unknown key omniops:features.sentiment; the keys of omniops:features are sentiment_analysis, response_suggestions, auto_categorization, predictive_analytics, auto_escalation, conversation_insights",
  ],
  [
    omniops,
    { "omniops:openaiOrganization": undefined },
    "omniops:openaiOrganization is missing; set it with: pulumi config set omniops:openaiOrganization, or leave omniops out of runsheet:systems",
  ],
  [
    omniops,
    { "omniops:insightsSchedule": "every six hours" },
    `omniops:insightsSchedule is "every six hours"; it must be cron's five fields, such as 0 2 * * *`,
  ],
  [
    omniops,
    { "omniops:backfill": '{"release":"phase4-v0.2.0","days":0}' },
    "omniops:backfill.days is 0; it must be at least 1",
  ],
  [
    omniops,
    {
      "omniops:application": '{"app":"registry.example/omniops:phase4-v0.2.0"}',
      "omniops:generateSecrets": undefined,
      "omniops:backfill": '{"release":"phase4-v0.1.0"}',
    },
    "omniops:backfill.release is phase4-v0.1.0, and application.app is registry.example/omniops:phase4-v0.2.0, which is of " +
      "release phase4-v0.2.0: leave its tag and its digest out, or set backfill.release to that release",
  ],
  [
    omniops,
    {
      "omniops:features": '{"sentiment_analysis":{"enabled":true},"predictive_analytics":{"enabled":true}}',
      "omniops:schema": '{"target":"sentiment_analysis"}',
    },
    "omniops:features.predictive_analytics is enabled and needs the table prediction_analysis, which schema.target takes back: turn it off first",
  ],
  [
    mued,
    { "mued:application": '{"app":"registry.example/mued"}', "mued:performance": '{"load":true}' },
    "mued:performance.load is true and would add rows to the tables of an application that is not the stand-in; set it to false",
  ],
  [
    mued,
    { "mued:performance": '{"load":true}', "mued:development": "false" },
    "mued:performance.load is true and development is false, so that no query is measured; remove one of the two",
  ],
  [
    mued,
    { "mued:singleTransaction": "true", "mued:schema": '{"target":"0001"}' },
    'mued:schema.target is "0001": unknown change; changes: 0002_add_rag_metrics, 0003_optimize_rag_indexes, 0004_add_foreign_keys, 0005_validate_foreign_keys, none',
  ],
  [mued, { "mued:timeZone": "+09:00" }, 'mued:timeZone is "+09:00"; it must be a time zone such as Africa/Lagos'],
  [
    mued,
    { "mued:metricsSchedule": "a b c d e" },
    `mued:metricsSchedule is "a b c d e"; it must be cron's five fields, such as 0 2 * * *`,
  ],
  [
    mued,
    { "mued:foreignKeys": "false", "mued:schema": '{"target":"0004_add_foreign_keys"}' },
    "mued:foreignKeys is false and schema.target is 0004_add_foreign_keys, which has them; remove one of the two",
  ],
  [
    mued,
    { "mued:foreignKeys": "false", "mued:schema": '{"target":"0005_validate_foreign_keys"}' },
    "mued:foreignKeys is false and schema.target is 0005_validate_foreign_keys, which has them; remove one of the two",
  ],
  [
    mued,
    {
      "mued:foreignKeys": "false",
      "mued:singleTransaction": "true",
      "mued:migrations": '{"sqitch":"systems/pm/migrations"}',
    },
    "mued:foreignKeys is false and the migrations are your own; remove it, and list foreign_keys in schema.without",
  ],
  [mued, { "mued:timeZone": "JST9" }, 'mued:timeZone is "JST9"; it must be a time zone such as Africa/Lagos'],
  [
    mued,
    { "mued:application": '{"app":1}' },
    'mued:application is {"app":1}; it must be { app: IMAGE } or { standIn: true }',
  ],
  [
    mued,
    { "mued:redis": '{"engine":"kubernetes"}' },
    "unknown key mued:redis; the keys of mued: are release, postgres, ",
  ],
  [
    mued,
    { "runsheet:systems": '["moodle"]' },
    `runsheet:systems[0] is "moodle"; it must be one of ${names.join(", ")}`,
  ],
  [
    pm,
    { "pm:neo4j": '{"uri":"https://graph.example"}' },
    'pm:neo4j.uri is "https://graph.example"; it must be an address such as neo4j+s://graph.example:7687, without a user',
  ],
  [
    pm,
    { "pm:neo4j": '{"uri":"neo4j://neo4j:word@graph.example"}' },
    'pm:neo4j.uri is "neo4j://***@graph.example"; it must be an address such as neo4j+s://graph.example:7687, without a user',
  ],
  [
    pm,
    { "pm:slackWebhookUrl": "https://hooks.slack.example/T0" },
    "pm:slackWebhookUrl is a secret in plain text; set it with: pulumi config set --secret pm:slackWebhookUrl",
  ],
  [pm, { "pm:dump": '{"storage":"10"}' }, 'pm:dump.storage is "10"; it must be a size such as 10Gi'],
  [
    aiBackend,
    { "ai-backend:databaseMaxConnections": "20" },
    'ai-backend:databaseMaxConnections: needs 210 connections (20 x 5 pods x 2 during rollouts, + 10 reserved); the server allows 200: lower it or scaling.max, or set ai-backend:postgres.parameters.max_connections to "210"',
  ],
  [
    aiBackend,
    { "ai-backend:scaling": '{"min":6}' },
    "ai-backend:scaling.min is 6 and scaling.max 5; set scaling.min to no more than scaling.max",
  ],
  [
    aiBackend,
    { "ai-backend:models": '{"version":"../other"}' },
    'ai-backend:models.version is "../other"; it must be a name of letters, digits, dots and dashes',
  ],
  [
    aiBackend,
    { "ai-backend:baseline": "true" },
    "unknown key ai-backend:baseline; the keys of ai-backend: are release, postgres, ",
  ],
  [
    aiBackend,
    { "ai-backend:generateSecrets": undefined },
    "ai-backend:supabaseServiceKey is missing: environment variable SUPABASE_SERVICE_KEY; set it with: pulumi config set --secret ai-backend:supabaseServiceKey",
  ],
])("of %j, %j is an error that names the key and the way out", (system, changes, message) =>
  expect(() => read({ ...system, ...changes })).toThrow(message),
);

test("an unknown key is named, with the keys that there are", () => {
  expect(() => read({ "prism:relase": "5.0.0" })).toThrow(
    /unknown key prism:relase; the keys of prism: are release, postgres, .*schema, .*application, .*openaiApiKey/,
  );
});

test("every problem is reported at once", () => {
  expect(() => read({ "prism:generateSecrets": "false", "prism:release": undefined })).toThrow(
    "the configuration of stack test has a problem; nothing was changed:\n  - prism:release is missing",
  );
  expect(() => read({ "prism:generateSecrets": "false" })).toThrow(
    [
      "the configuration of stack test has 4 problems; nothing was changed:",
      ...[
        ["openaiApiKey", "OPENAI_API_KEY"],
        ["supabaseServiceRoleKey", "SUPABASE_SERVICE_ROLE_KEY"],
        ["supabaseAnonKey", "SUPABASE_ANON_KEY"],
        ["adminToken", "ADMIN_TOKEN"],
      ].map(
        ([key, variable]) =>
          `  - prism:${key} is missing: environment variable ${variable}; set it with: pulumi config set --secret prism:${key}`,
      ),
    ].join("\n"),
  );
});

test("a stack's namespaces have a prefix, and none is taken over unless it says so", () => {
  expect(read({})).toMatchObject({ namespacePrefix: "", takeOver: [] });
  expect(read({ "runsheet:namespacePrefix": "staging-", "runsheet:takeOver": '["staging-prism"]' })).toMatchObject({
    namespacePrefix: "staging-",
    takeOver: ["staging-prism"],
  });
});

test.each(["Staging-", "-a", "a.b", "a_", "x".repeat(54)])("%s is no beginning of a namespace's name", (prefix) =>
  expect(() => read({ "runsheet:namespacePrefix": prefix })).toThrow(
    problem(
      `runsheet:namespacePrefix is "${prefix}"; it must be the beginning of a namespace's name, such as staging-: at most 53 of a-z, 0-9 and -, and no - at first`,
    ),
  ),
);

test("the longest prefix fits before the longest system's name", () =>
  expect(read({ "runsheet:namespacePrefix": "x".repeat(53) }).namespacePrefix).toHaveLength(53));

test("only namespaces that the stack has can be taken over", () =>
  expect(() => read({ "runsheet:takeOver": '["prism","pm"]', "runsheet:namespacePrefix": "a-" })).toThrow(
    [
      "the configuration of stack test has 2 problems; nothing was changed:",
      "  - runsheet:takeOver: prism is not a namespace of this stack; it must be one of a-prism, cnpg-system",
      "  - runsheet:takeOver: pm is not a namespace of this stack; it must be one of a-prism, cnpg-system",
    ].join("\n"),
  ));

test("a stack whose name cannot be a label is refused", () => {
  collectResources("runsheet", "test-");
  expect(() => read({})).toThrow(
    "the stack's name test- cannot be a label's value: use at most 63 letters, digits, '.', '_' and '-', beginning and ending with a letter or digit",
  );
});
