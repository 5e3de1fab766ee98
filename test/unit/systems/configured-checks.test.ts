/** The pods of checks that the stack changes and adds. */
import type { CheckList } from "../../../components/checks/check";
import type * as configuration from "../../../stack/config";
import { systems } from "../../../systems";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { collectResources, settled, type Registered } from "../../support/mocks";
import { setStackConfiguration } from "../../support/stack-configuration";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
}

/** Changes of the local stack. */
let real: Readonly<Record<string, unknown>>;
let ownSecrets: Readonly<Record<string, string>>;
let resources: readonly Registered[];
let outputs: Readonly<Record<string, { readonly skippedChecks?: unknown }>>;

beforeAll(async () => {
  const registered = collectResources("runsheet", "local");
  const checks = {
    "the critical endpoint /api/ai/chat": {
      timeoutSeconds: 120,
      withinSeconds: 30,
      headers: { Authorization: "Bearer ${chatToken}" },
      answer: { reply: "<string>" },
    },
    "the tables can be read": { skip: "we look at them ourselves" },
    "feedback is accepted": { url: "/api/feedback", status: 201, headers: { "X-Api-Key": "${chatToken}" } },
    "materials are there": { sql: "SELECT count(*) > 0 AS some FROM materials", row: { some: true } },
    "integration-tests": { image: "tests:1", command: ["npm", "test"], secrets: { TOKEN: "chatToken" } },
  };
  const changes = {
    "mued:checks": checks,
    "mued:application": { app: "registry.example/mued" },
    "mued:baseline": undefined,
    "mued:performance": undefined,
    "mued:metricsCommand": ["node", "jobs/metrics.js"],
    "mued:publicUrl": "https://mued.example/",
    "mued:publicCa": "-----BEGIN CERTIFICATE----- of users",
    "mued:ingress": { host: "mued.example", tlsSecret: "mued-tls" },
    "omniops:checks": { "a message is stored": { skip: "we do" }, "the message is in the database": { skip: "we do" } },
    "pm:checks": {
      "the test signal is removed": { skip: "we remove them" },
      "the views are refreshed": { timeoutSeconds: 7 },
      "backlog clean-up": { timeoutSeconds: 60, headers: { "X-Team": "graph" } },
    },
    "pm:maintenance": { url: "https://pm.example/api/signals" },
    "pm:publicCa": "-----BEGIN CERTIFICATE----- of users",
    "prism:application": { api: "prism-api", functions: "prism-functions" },
    "prism:smokeTest": { businessId: "00000000-0000-4000-8000-000000000002" },
    "prism:baseline": undefined,
    "prism:generateSecrets": undefined,
  };
  const ofPrism = ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken"];
  real = changes;
  ownSecrets = {
    "mued:chatToken": "the token",
    ...Object.fromEntries(ofPrism.map((key) => [`prism:${key}`, "secret"])),
  };
  setStackConfiguration("local", changes, ownSecrets);
  outputs = await jest.requireActual<() => Promise<typeof outputs>>("../../../index")();
  await settled();
  resources = registered;
}, 120_000);

const job = (name: string) => resources.find((each) => each.type.endsWith(":Job") && each.name === name)!;

const containerOf = (name: string) =>
  (job(name).inputs as { spec: { template: { spec: { containers: Container[] } } } }).spec.template.spec.containers[0]!;

const listOf = (name: string) =>
  JSON.parse(containerOf(name).env.find((each) => each.name === "CHECKS")!.value!) as CheckList;

const checksOf = (name: string) => listOf(name).checks;

test("a check is changed by its name, and keeps what is not changed", () =>
  expect(checksOf("mued-smoke-test")).toContainEqual(
    expect.objectContaining({
      name: "the critical endpoint /api/ai/chat",
      url: "${APP_URL}/api/ai/chat",
      timeoutSeconds: 120,
      withinSeconds: 30,
      headers: { Authorization: "Bearer ${SECRET_chatToken}" },
      answer: { reply: "<string>" },
    }),
  ));

test("a check that is skipped stays in the list, with the reason", () =>
  expect(checksOf("mued-smoke-test")).toContainEqual(
    expect.objectContaining({ name: "the tables can be read", skip: "we look at them ourselves" }),
  ));

test("the stack's outputs say what is skipped, and nothing where all is asked", () => {
  expect(outputs.mued!.skippedChecks).toEqual({ "the tables can be read": "we look at them ourselves" });
  expect(outputs.prism).not.toHaveProperty("skippedChecks");
});

test("added checks come last, and a path is one of the first workload", () => {
  expect(checksOf("mued-smoke-test").slice(-2)).toEqual([
    {
      name: "feedback is accepted",
      url: "${BASE_URL}/api/feedback",
      status: 201,
      headers: { "X-Api-Key": "${SECRET_chatToken}" },
    },
    {
      name: "materials are there",
      sql: "SELECT count(*) > 0 AS some FROM materials",
      row: { some: true },
    },
  ]);
  expect(containerOf("mued-smoke-test").env).toContainEqual({ name: "BASE_URL", value: "http://mued-web.mued:3000" });
});

test("a header's secret is a variable of a Secret, and only where a check uses it", () => {
  const variable = (name: string) => containerOf(name).env.find((each) => each.name === "SECRET_chatToken");
  expect(variable("mued-smoke-test")).toMatchObject({ valueFrom: { secretKeyRef: { key: "SECRET_chatToken" } } });
  expect(variable("mued-prerequisites")).toBeUndefined();
  expect(JSON.stringify(resources.filter(({ type }) => type.endsWith(":Job")))).not.toContain("the token");
});

test("what users reach is asked at the end, in a step of its own", () => {
  expect(checksOf("mued-reachable")).toEqual([
    expect.objectContaining({ name: "users reach /api/health", url: "https://mued.example/api/health" }),
  ]);
  expect(resources.filter(({ name }) => name.endsWith("-reachable")).map(({ name }) => name)).not.toContain(
    "prism-reachable",
  );
});

test("PRISM's workers and functions have no probes: they have to stay up", () => {
  expect(checksOf("prism-smoke-test").at(-1)).toMatchObject({
    name: "the workloads without probes stay up",
    staysUp: ["prism-model-training", "prism-monthly-insights", "prism-functions"],
    seconds: 60,
  });
  expect(checksOf("mued-smoke-test").map(({ name }) => name)).not.toContain("the workloads without probes stay up");
});

test("a command in an image is a task with the application's login and its secrets", () => {
  const { image, command, env } = containerOf("mued-check-integration-tests");
  expect([image, command]).toEqual(["tests:1", ["npm", "test"]]);
  expect(env.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["BASE_URL", "DATABASE_URL", "PGUSER", "RELEASE", "TOKEN"]),
  );
});

test("a skipped check has no clean-up, and a clean-up can be changed", () => {
  expect(listOf("omniops-smoke-test").cleanup).toEqual([]);
  expect(listOf("pm-smoke-test").cleanup).toEqual([
    expect.objectContaining({ name: "the test signal is removed", skip: "we remove them" }),
  ]);
  expect(listOf("mued-smoke-test").cleanup).toEqual([
    expect.objectContaining({ name: "the dialogue of the test is removed", mayCome: { withinSeconds: 10 } }),
  ]);
});

test("variables that hold no secret are named, and no others", () => {
  expect(listOf("mued-smoke-test").plain).toEqual(["APP_URL", "BASE_URL", "DEPLOYMENT"]);
  expect(listOf("pm-smoke-test").plain).toEqual(["BACKEND_URL", "DEPLOYMENT", "FRONTEND_URL"]);
});

test("checks by the clock are changed, too", () => {
  const { inputs } = resources.find(({ type, name }) => type.endsWith(":CronJob") && name === "pm-backlog-cleanup")!;
  const text = JSON.stringify(inputs);
  expect(text).toContain(String.raw`\"timeoutSeconds\":60`);
  expect(text).toContain(String.raw`\"X-Team\":\"graph\"`);
  expect(checksOf("pm-views")[0]).toMatchObject({ name: "the views are refreshed", timeoutSeconds: 7 });
});

const secretNamed = (name: string) => resources.find((each) => each.type.endsWith(":Secret") && each.name === name)!;

test("those who ask what users reach trust the stack's authority, and no others", () => {
  const trusts = (job: string) => containerOf(job).env.some(({ name }) => name === "NODE_EXTRA_CA_CERTS");
  for (const job of ["mued-reachable", "mued-smoke-test", "pm-maintenance-on"])
    expect([job, trusts(job)]).toEqual([job, true]);
  for (const job of ["mued-prerequisites", "pm-maintenance-off"]) expect([job, trusts(job)]).toEqual([job, false]);
  expect(JSON.stringify(secretNamed("mued-public-ca").inputs)).toContain("of users");
  expect(resources.map(({ name }) => name)).not.toContain("prism-public-ca");
});

test("MUED's batch job is the application's script, with the application's variables", () => {
  const task = containerOf("mued-calculate-rag-metrics");
  expect([task.image, task.command]).toEqual(["registry.example/mued:2.0.0", ["node", "jobs/metrics.js"]]);
  expect(task.env.map(({ name }) => name)).toEqual(expect.arrayContaining(["DATABASE_URL", "NODE_ENV", "RELEASE"]));
  const daily = resources.find(({ type, name }) => type.endsWith(":CronJob") && name.endsWith("-rag-metrics-daily"))!;
  expect(JSON.stringify(daily.inputs)).toContain('"command":["node","jobs/metrics.js"]');
});

test("every name that a result shows can be changed, or says why not", () => {
  const lists = resources.flatMap(({ type, name, inputs }) => {
    const found = /"name":"CHECKS","value":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(inputs))?.[1];
    if (!/:(Job|CronJob)$/.test(type) || found === undefined) return [];
    const { checks, cleanup } = JSON.parse(JSON.parse(`"${found}"`) as string) as CheckList;
    return [...checks, ...cleanup].map((check) => [name, check.name] as const);
  });
  expect(lists.length).toBeGreaterThan(80);
  const added = ["feedback is accepted", "materials are there"];
  const unknown = lists.filter(([job, check]) => !added.includes(check) && !isKnown(job, check));
  expect(unknown).toEqual([]);
  expect(isKnown("pm-smoke-test", "a name that no check has")).toBe(false);
});

/** Tells whether the error for a change of a check is any other than that there is no such check. */
function isKnown(job: string, name: string): boolean {
  const system = systems.find((each) => job.startsWith(each.name))!;
  const changes = { [`${system.name}:checks`]: { [name]: { skip: "we do" } } };
  setStackConfiguration("local", { ...real, ...changes }, ownSecrets);
  try {
    // Not imported above: it would load the kubeconfig before it is mocked.
    jest.requireActual<typeof configuration>("../../../stack/config").readConfiguration();
    return true;
  } catch (error) {
    return !(error as Error).message.includes("is none of the system's checks");
  }
}
