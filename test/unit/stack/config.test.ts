import * as pulumi from "@pulumi/pulumi";
import { collectResources } from "../../support/mocks";
import { adminPassword, cloudnativepg, prismOf, problem, read } from "../../support/read-stack";

beforeEach(() => void collectResources());

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
