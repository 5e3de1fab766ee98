/** Requests to a system's own application, which its runbook names, and those that only the stand-in answers. */
import type { Check, HttpCheck } from "../../../components/checks";
import type { RedisCheck, SqlCheck } from "../../../components/checks/check";
import * as aiBackend from "../../../systems/ai-backend/checks";
import { aiBackendConfiguration } from "../../../systems/ai-backend/settings";
import * as mued from "../../../systems/mued/checks";
import { calculated } from "../../../systems/mued/metrics";
import { muedConfiguration } from "../../../systems/mued/settings";
import * as omniops from "../../../systems/omniops/checks";
import { tables } from "../../../systems/omniops/schema";
import { omniopsConfiguration } from "../../../systems/omniops/settings";
import * as pm from "../../../systems/pm/checks";
import { pmConfiguration } from "../../../systems/pm/settings";
import * as prism from "../../../systems/prism/checks";
import { prismConfiguration } from "../../../systems/prism/settings";
import { declared } from "../../support/declared";

const images = {
  prism: { api: "prism-api", functions: "prism-functions" },
  omniops: { app: "omniops" },
  mued: { app: "mued" },
  pm: { backend: "backend", frontend: "frontend" },
  aiBackend: { api: "ai" },
};

/** Requests as "METHOD url -> status answer". */
const requests = (checks: readonly Check[]) =>
  checks
    .filter((check): check is HttpCheck => "url" in check && !("load" in check))
    .map(({ method, url, body, status = 200, answer }) =>
      `${method ?? (body === undefined ? "GET" : "POST")} ${url} -> ${status} ${answer === undefined ? "" : JSON.stringify(answer)}`.trim(),
    );

const names = (checks: readonly Check[]) => checks.map(({ name }) => name);

const businessId = "11111111-1111-4111-8111-111111111111";

describe("the existing tables are looked at", () => {
  const ofTables = (checks: readonly Check[]) =>
    names(checks).filter((name) => /^the (rights|columns|keys|names) of|twice$/.test(name));
  const [columns, keys] = ["the columns of the existing tables", "the keys of the existing tables"];
  const pmChanges = [
    ...["V3_008_neo4j_sync_backlog", "V3_008_indexes", "V3_009_budget_allocations", "V3_010_jira_issue_tracking"],
    ...["V3_010_conflict_targets", "V3_011_neo4j_dead_letter", "V3_012_observability", "V3_014_named_versions"],
  ];

  test.each([
    [8, [columns, "the names of what the migrations make", keys, "no signal is there twice"]],
    [5, [columns, "the names of what the migrations make", "no signal is there twice"]],
    [4, [columns, "the names of what the migrations make"]],
    [1, []],
    // As with migrations of the team's own.
    [0, []],
  ])("PM's for the first %d changes", (number, expected) => {
    const deploys = (change: string) => pmChanges.slice(0, number).includes(change);
    const asked = pm.prerequisites({ ...declared(pmConfiguration, images.pm), deploys });
    expect(ofTables(asked)).toEqual(["the rights of pm_app", ...expected]);
  });

  const ofMued = (changes: readonly string[], settings: object = {}) => {
    const mueds = declared(muedConfiguration, images.mued);
    const deploys = (change: string) => changes.includes(change);
    return mued.prerequisites({ ...mueds, deploys, settings: { ...mueds.settings, ...settings } });
  };
  const muedChanges = ["0002_add_rag_metrics", "0003_optimize_rag_indexes", "0004_add_foreign_keys"];

  test.each([
    [3, {}, ["the rights of mued_app", columns, keys]],
    [3, { postgres: { engine: "existing" } }, [columns, keys]],
    [2, {}, ["the rights of mued_app"]],
    [2, { development: true }, ["the rights of mued_app", columns]],
    [0, { development: true }, ["the rights of mued_app"]],
  ])("MUED's for the first %d changes, with %j", (number, settings, expected) => {
    expect(ofTables(ofMued(muedChanges.slice(0, number), settings))).toEqual(expected);
  });

  test("MUED's columns are those of the keys, and of the data validation", () => {
    const hint = (changes: readonly string[], development: boolean) =>
      (ofMued(changes, { development }).find(({ name }) => name === columns) as SqlCheck).hint;
    const [users, validated] = ["public.users.id uuid, public.materials.id uuid", "public.users.clerk_id, "];
    expect(hint(muedChanges, false)).toMatch(new RegExp(`^The migrations need ${users}\\. `));
    expect(hint(muedChanges, true)).toContain(`${users}, ${validated}`);
    expect(hint(muedChanges.slice(0, 2), true)).toContain(`The migrations need ${validated}`);
  });
});

test("PRISM: health, Redis, the database, and the two functions of the runbook", () => {
  const application = declared(prismConfiguration, images.prism, { smokeTest: { businessId } });
  const { checks, cleanup } = prism.smokeTests(application);
  expect(names(checks)).toEqual([
    "API health",
    "Redis connection",
    "database connection",
    "income-tax-calculator",
    "business-classifier",
  ]);
  expect(requests(checks)).toEqual([
    "GET ${API_URL}/health -> 200",
    "POST ${FUNCTIONS_URL}/functions/v1/income-tax-calculator -> 200",
    "POST ${FUNCTIONS_URL}/functions/v1/business-classifier -> 200",
  ]);
  expect(cleanup).toEqual([]);
  expect(checks.at(-1)).toMatchObject({ body: { businessId } });
  const asked = prism.prerequisites(application.settings);
  expect(names(asked)).toEqual(expect.arrayContaining(["the smoke tests' business", "Redis 6 or later"]));
});

test("PRISM's stand-in is asked for its release, for four functions, and writes rows", () => {
  const { checks, cleanup } = prism.smokeTests(declared(prismConfiguration));
  expect(requests(checks)).toContain('GET ${API_URL}/health -> 200 {"status":"healthy","release":"v2.0"}');
  expect(names(checks)).toEqual(
    expect.arrayContaining(["vat-calculator", "anti-avoidance-check", "feedback is accepted", "insights are served"]),
  );
  expect(cleanup).toHaveLength(3);
});

test("PRISM's classifier is asked about a business of the team's, or not at all", () => {
  const problems = (changes: object) =>
    prismConfiguration.problems!(declared(prismConfiguration, images.prism, { ...changes }).settings, undefined);
  expect(problems({})).toEqual([expect.stringMatching(/^smokeTest\.businessId is missing: /)]);
  expect(problems({ smokeTest: { businessId } })).toEqual([]);
  const skipped = { checks: { "business-classifier": { skip: "it costs money" } } };
  expect(problems(skipped)).toEqual([]);
  expect(
    names(prism.prerequisites(declared(prismConfiguration, images.prism, skipped).settings)).filter((name) =>
      name.includes("business"),
    ),
  ).toEqual([]);
  expect(prismConfiguration.problems!(declared(prismConfiguration).settings, undefined)).toEqual([]);
});

test("no version is asked for that a guide does not name, but what Runsheet needs", () => {
  const versions = (checks: readonly Check[]) => names(checks).filter((name) => name.endsWith("or later"));
  expect(versions(pm.prerequisites(declared(pmConfiguration, images.pm)))).toEqual(["PostgreSQL 14 or later"]);
  const own = { ...declared(pmConfiguration, images.pm), schemaIsShipped: false, deploys: () => false };
  expect(versions(pm.prerequisites(own))).toEqual(["PostgreSQL 13 or later"]);
  expect(versions(aiBackend.prerequisites(declared(aiBackendConfiguration, images.aiBackend).settings))).toEqual([]);
});

test.each([
  ["noeviction", true],
  ["volatile-lru", true],
  ["volatile-ttl", true],
  ["allkeys-lru", false],
  ["allkeys-random", false],
])("PM's flag is safe in a Redis with the policy %s: %s", (policy, isSafe) => {
  const check = pm
    .prerequisites(declared(pmConfiguration))
    .find(({ name }) => name === "Redis keeps what does not expire") as RedisCheck;
  expect(new RegExp(check.matches).test(`used_memory:1\r\nmaxmemory_policy:${policy}\r\n`)).toBe(isSafe);
});

test("MUED's batch job may count its days in UTC, where it is the application's", () => {
  const [check] = calculated(declared(muedConfiguration, images.mued)) as [SqlCheck];
  expect(check.sql).toContain("date < greatest(");
  expect((calculated(declared(muedConfiguration))[0] as SqlCheck).sql).not.toContain("greatest");
});

test("OmniOps: health and readiness", () => {
  const { checks, cleanup } = omniops.smokeTests(declared(omniopsConfiguration, images.omniops));
  expect(requests(checks)).toEqual(["GET ${APP_URL}/api/health -> 200", "GET ${APP_URL}/api/ready -> 200"]);
  expect(cleanup).toEqual([]);
  const { settings } = declared(omniopsConfiguration, images.omniops);
  expect(names(omniops.prerequisites(settings))).not.toContain("the smoke tests' conversation");
});

test("OmniOps' stand-in stores a message, in a conversation that must be there", () => {
  const standIn = declared(omniopsConfiguration);
  expect(names(omniops.smokeTests(standIn).checks)).toContain("a message is stored");
  expect(names(omniops.prerequisites(standIn.settings))).toContain("the smoke tests' conversation");
});

test("OmniOps' stand-in is asked about what the schema has, also after going back", () => {
  const asked = (...parts: readonly string[]) => {
    const { checks } = omniops.smokeTests({ ...declared(omniopsConfiguration), has: (part) => parts.includes(part) });
    return requests(checks);
  };
  const message = "POST ${APP_URL}/api/conversations/00000000-0000-4000-8000-000000000002/messages -> 201";
  const health = [
    'GET ${APP_URL}/api/health -> 200 {"status":"healthy","release":"v2.0"}',
    'GET ${APP_URL}/api/ready -> 200 {"ready":true}',
  ];
  expect(asked()).toEqual([...health, `${message} {"id":"<uuid>"}`]);
  expect(asked("sentiment_analysis", "response_suggestions")).toEqual([
    ...health,
    'GET ${APP_URL}/api/features?customerId=smoke-test -> 200 {"customerId":"smoke-test","features":{"sentiment_analysis":"<boolean>","response_suggestions":"<boolean>"}}',
    `${message} {"id":"<uuid>","analysis":"<string>"}`,
  ]);
});

test("no check asks for a count that is always right", () => {
  const all: readonly (readonly Check[])[] = [
    ...[
      prism.prerequisites(declared(prismConfiguration).settings),
      prism.smokeTests(declared(prismConfiguration)).checks,
    ],
    ...[
      omniops.prerequisites(declared(omniopsConfiguration).settings),
      omniops.migrated(declared(omniopsConfiguration)),
    ],
    ...[
      mued.prerequisites(declared(muedConfiguration, images.mued)),
      mued.smokeTests(declared(muedConfiguration, images.mued)).checks,
    ],
    pm.changeable(declared(pmConfiguration)),
    aiBackend.prerequisites(declared(aiBackendConfiguration).settings),
  ];
  const queries = all.flat().filter((check): check is SqlCheck => "sql" in check);
  expect(queries.length).toBeGreaterThan(20);
  expect(queries.filter(({ sql }) => />= 0/.test(sql))).toEqual([]);
  expect(queries.filter(({ row }) => row && Object.values(row).every((value) => /^<.*>$/.test(String(value))))).toEqual(
    [],
  );
  // Without an expectation a query is for people to look at, or an order.
  expect(names(queries.filter(({ row, show, sql }) => !row && !show && sql.startsWith("SELECT")))).toEqual([
    "the views are refreshed",
  ]);
});

test("OmniOps' Verify Migration asks for each foreign key of the tables that are there", () => {
  const keys = (...parts: readonly string[]) => {
    const checks = omniops.migrated({ ...declared(omniopsConfiguration), has: (part) => parts.includes(part) });
    const check = checks.find(({ name }) => name === "the foreign keys are there") as SqlCheck | undefined;
    expect(check?.row ?? { missing: [] }).toEqual({ missing: [] });
    return [...(check?.sql.matchAll(/'(fk_\w+)', '(\w+)', '(\w+)', true/g) ?? [])].map(([, name]) => name);
  };
  expect(keys(...tables, "foreign_keys")).toHaveLength(12);
  expect(keys("escalation_rules", "foreign_keys")).toEqual(["fk_escalation_rule_customer"]);
  expect(keys(...tables)).toEqual([]);
});

test("OmniOps asks for its extensions' schema, where no other check does", () => {
  const extensions = (engine: string) => {
    const { settings } = declared(omniopsConfiguration);
    const checks = omniops.prerequisites({ ...settings, postgres: { engine } } as never);
    return (checks.find(({ name }) => name.startsWith("the extensions")) as SqlCheck | undefined)?.row;
  };
  expect(extensions("external")).toEqual({ missing: [], not_on_search_path: [] });
  expect(extensions("existing")).toBeUndefined();
});

test("MUED: the critical checks, and the chat once, with time for a model's answer", () => {
  const { checks, cleanup } = mued.smokeTests(declared(muedConfiguration, images.mued));
  expect(names(checks)).toEqual([
    "application health",
    "the tables can be read",
    "the critical endpoint /api/ai/chat",
    "the rollback triggers",
  ]);
  expect(requests(checks)).toEqual(["GET ${APP_URL}/api/health -> 200", "POST ${APP_URL}/api/ai/chat -> 200"]);
  expect(checks[2]).toMatchObject({ withinSeconds: 0, timeoutSeconds: 60 });
  expect(names(cleanup)).toEqual(["the dialogue of the test is removed"]);
});

test("MUED's stand-in logs the chat", () => {
  const { checks } = mued.smokeTests(declared(muedConfiguration));
  expect(names(checks)).toContain("the dialogue is in the database");
  expect(requests(checks)).toContain("POST ${APP_URL}/api/ai/chat -> 200 {}");
});

test("PM: the version in /health alone, and no shape that the runbook does not have", () => {
  const application = declared(pmConfiguration, images.pm);
  expect(requests(pm.backendServices(application))).toEqual([
    'GET ${BACKEND_URL}/health -> 200 {"status":"ok","version":"2.0"}',
  ]);
  const observability = "${BACKEND_URL}/api/admin/observability";
  expect(requests(pm.smokeTests(application).checks)).toEqual([
    'GET ${BACKEND_URL}/api/signals?limit=1 -> 200 "<array>"',
    'GET ${BACKEND_URL}/api/health -> 200 {"status":"ok"}',
    'GET ${BACKEND_URL}/api/signals -> 200 "<array>"',
    "POST ${BACKEND_URL}/api/signals -> 201",
    'GET ${BACKEND_URL}/api/opportunities -> 200 "<array>"',
    "GET ${BACKEND_URL}/api/signals/export?format=csv -> 200",
    `GET ${observability}/health -> 200 "<object>"`,
    `GET ${observability}/performance/stats?hours=1 -> 200`,
    `GET ${observability}/errors/stats?hours=1 -> 200`,
    `GET ${observability}/metrics/prometheus -> 200`,
    "GET ${FRONTEND_URL}/ -> 200",
  ]);
});

test("PM with a header for testers: each request of the tests has it", () => {
  const application = declared(pmConfiguration, images.pm, { maintenance: { bypassHeader: "X-Open" } });
  const { checks } = pm.smokeTests(application);
  const all = [...pm.backendServices(application), ...checks].filter((check) => "url" in check);
  expect(all).toHaveLength(13);
  for (const { headers } of all) expect(headers).toMatchObject({ "X-Open": "${ADMIN_KEY}" });
});

test("PM with a public URL: the homepage and two of the runbook's smoke tests there", () => {
  const reached = pm.accessible(declared(pmConfiguration, images.pm, { publicUrl: "https://pm.example" }));
  expect(requests(reached).slice(2)).toEqual([
    "GET https://pm.example/ -> 200",
    'GET https://pm.example/api/health -> 200 {"status":"ok"}',
    'GET https://pm.example/api/signals -> 200 "<array>"',
  ]);
  expect(requests(pm.accessible(declared(pmConfiguration, images.pm)))).toHaveLength(2);
});

test("PM's stand-in hands on requests through its frontend", () =>
  expect(names(pm.smokeTests(declared(pmConfiguration)).checks)).toContain("the API through the frontend"));

test("AI Backend: the guide's endpoints and metrics, measured on a path that works", () => {
  const { checks } = aiBackend.smokeTests(declared(aiBackendConfiguration, images.aiBackend).settings);
  expect(requests(checks)).toEqual([
    "GET ${API_URL}/health -> 200",
    "GET ${API_URL}/health/live -> 200",
    "GET ${API_URL}/health/startup -> 200",
    "GET ${API_URL}/health/ready -> 200",
    'GET ${API_URL}/health/detailed -> 200 {"checks":{"redis":"<value>","ml_models":"<value>"}}',
    "POST ${API_URL}/health/test/database -> 200",
    "GET ${API_URL}/metrics -> 200",
  ]);
  expect((checks.at(-2) as HttpCheck).metrics).toEqual([
    { metric: "ai_backend_health_status", value: 1 },
    { metric: "ai_backend_cache_hit_rate" },
    { metric: "ai_backend_model_accuracy", orDescribed: true },
    { metric: "ai_backend_component_health" },
    { metric: "ai_backend_requests_per_minute" },
  ]);
  expect(checks.at(-1)).toMatchObject({ url: "${API_URL}/health/detailed" });
});

test("AI Backend's stand-in has each component, and the objectives' metrics", () => {
  const { checks } = aiBackend.smokeTests(declared(aiBackendConfiguration).settings);
  expect(names(checks)).toContain("/health/test/ml_models");
  expect((checks.at(-2) as HttpCheck).metrics).toEqual(
    expect.arrayContaining([{ metric: "http_request_duration_seconds" }, { metric: "http_requests_total" }]),
  );
});

test("AI Backend: the objectives' metrics are asked for where the stack names them", () => {
  const { settings } = declared(aiBackendConfiguration, images.aiBackend, { objectives: { latencyMetric: "latency" } });
  const { checks } = aiBackend.smokeTests(settings);
  expect((checks.at(-2) as HttpCheck).metrics!.at(-1)).toEqual({ metric: "latency" });
});
