/** Keys of OmniOps, MUED LMS, PM Intelligence and AI Backend: their defaults, and what is refused. */
import { names } from "../../../systems";
import { collectResources } from "../../support/mocks";
import { cloudnativepg, read } from "../../support/read-stack";

beforeEach(() => void collectResources());

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
