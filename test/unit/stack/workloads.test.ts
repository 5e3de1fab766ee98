/** The key `workloads` of a system's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration } from "../../../stack/config";
import { collectResources } from "../../support/mocks";
import { smallestStack } from "../../support/smallest-stack";

const stack = smallestStack("prism", "mued");

beforeEach(() => void collectResources());

function read(changes: Record<string, unknown>, secrets: Record<string, string> = {}) {
  const texts = Object.entries(changes).map(([key, value]) => [key, JSON.stringify(value)]);
  pulumi.runtime.setAllConfig(
    { ...stack, ...(Object.fromEntries(texts) as Record<string, string>), ...secrets },
    Object.keys(secrets),
  );
  return readConfiguration().systems;
}

test("what is not set keeps its default", () => {
  const [prism] = read({ "prism:workloads": { "prism-api": { resources: { memory: "1Gi" } } } });
  const { workloads } = prism!.settings;
  expect(workloads["prism-api"]).toEqual({
    replicas: 2,
    resources: { cpu: "20m", memory: "1Gi" },
    gracePeriodSeconds: 30,
    environment: {},
    secrets: {},
    writable: {},
    port: 3000,
    labels: {},
    metrics: { scrape: true, path: "/metrics" },
    logs: {},
    container: "main",
    service: { port: 3000, portName: "http" },
    nodeSelector: {},
    tolerations: [],
  });
  expect(workloads["prism-model-training"]).toMatchObject({ replicas: 1, gracePeriodSeconds: 3600 });
});

test("a workload's secrets are keys of its system", () => {
  const workloads = { "prism-api": { secrets: { STRIPE_API_KEY: "stripeApiKey" } }, "prism-functions": "no object" };
  const set = { "prism:stripeApiKey": "sk" };
  expect(() => read({ "prism:workloads": workloads }, set)).toThrow(
    'has a problem; nothing was changed:\n  - prism:workloads.prism-functions is "no object"; it must be an object',
  );
  const [prism] = read({ "prism:workloads": { "prism-api": workloads["prism-api"] } }, set);
  expect(Object.keys(prism!.secrets)).toEqual(["stripeApiKey"]);
});

test("variables that only look like secrets are allowed", () => {
  const environment = { NEXTAUTH_URL: "https://a.example", MAX_TOKENS: "800", NEXT_PUBLIC_MAPS_API_KEY: "pk" };
  const [prism] = read({ "prism:workloads": { "prism-api": { environment } } });
  expect(prism!.settings.workloads["prism-api"]!.environment).toEqual(environment);
});

test.each([
  [
    { "prism-worker": {} },
    "unknown key prism:workloads.prism-worker; the keys of prism:workloads are prism-api, prism-model-training, " +
      "prism-monthly-insights, prism-functions",
  ],
  [{ "prism-api": { replicas: 0 } }, "prism:workloads.prism-api.replicas is 0; it must be at least 1"],
  [
    { "prism-api": { resources: { memory: "1Gi", memoryLimit: "512Mi" } } },
    "prism:workloads.prism-api.resources.memoryLimit is less than workloads.prism-api.resources.memory",
  ],
  [
    { "prism-api": { writable: { "logs/": "1Gi" } } },
    'prism:workloads.prism-api.writable.logs/ is "logs/"; it must be an absolute path, such as /app/logs',
  ],
  [
    { "prism-api": { writable: { "/tmp": "1Gi" } } },
    'prism:workloads.prism-api.writable./tmp is "/tmp"; it must be a directory that nothing else has',
  ],
  [
    { "prism-api": { writable: { "/app/../tmp": "1Gi" } } },
    "it must be a directory that nothing else has, without . or ..",
  ],
  [{ "prism-api": { writable: { "/etc/runsheet/features": "1Gi" } } }, "it must be a directory that nothing else has"],
  [
    { "prism-api": { environment: { PORT: "8080" } } },
    "prism:workloads.prism-api has the variable PORT; remove it, and set workloads.prism-api.port",
  ],
  [
    { "prism-api": { environment: { DATABASE_URL: "postgresql://db.example/data" } } },
    "prism:workloads.prism-api has the variable DATABASE_URL, which is the database's login; remove it",
  ],
  [
    { "prism-api": { environment: { SEARCH_URL: "https://app:hunter2@search.example" } } },
    "prism:workloads.prism-api.environment.SEARCH_URL is a secret in plain text; name a key for it in " +
      "workloads.prism-api.secrets, and set that with: pulumi config set --secret prism:KEY",
  ],
  [{ "prism-api": { environment: { API_TOKEN: "t" } } }, "environment.API_TOKEN is a secret in plain text"],
  [
    { "prism-api": { tolerations: [{ key: "a", operator: "Exists", tolerationSeconds: 5 }] } },
    "it must have no tolerationSeconds unless its effect is NoExecute",
  ],
  [
    { "prism-api": { tolerations: [{ value: "training" }] } },
    'prism:workloads.prism-api.tolerations[0] is {"operator":"Equal","value":"training"}; it must have a key, or operator: Exists',
  ],
  [
    { "prism-api": { tolerations: [{ key: "dedicated", operator: "Exists", value: "training" }] } },
    "it must have no value if it has Exists",
  ],
  [
    { "prism-api": { environment: { OPENAI_API_KEY: "sk-1" } } },
    "prism:workloads.prism-api.environment.OPENAI_API_KEY is a secret; remove it, and set it with: " +
      "pulumi config set --secret prism:openaiApiKey",
  ],
  [
    { "prism-api": { environment: { STRIPE_API_KEY: "sk" }, secrets: { STRIPE_API_KEY: "stripeApiKey" } } },
    "prism:workloads.prism-api.environment.STRIPE_API_KEY is also in secrets; remove one of the two",
  ],
  [
    { "prism-api": { secrets: { STRIPE_API_KEY: "stripeApiKey" } } },
    "prism:stripeApiKey is missing: environment variable STRIPE_API_KEY of prism:workloads.prism-api; set it with: pulumi config set --secret prism:stripeApiKey",
  ],
  [
    { "prism-api": { command: ["node", "main.js"] } },
    "prism:workloads.prism-api.command is set and the application is the stand-in, which has its own; remove it",
  ],
  [
    { "prism-api": { labels: { "app.kubernetes.io/name": "api" } } },
    'labels.app.kubernetes.io/name is "app.kubernetes.io/name"; it must not be one that Runsheet sets',
  ],
  [{ "prism-api": { labels: { app: "my app" } } }, 'labels.app is "my app"; it must be the value of a label'],
  [{ "prism-api": { selector: {} } }, "prism:workloads.prism-api.selector is {}; it must have a label"],
  [
    { "prism-api": { deployment: "Api" } },
    'deployment is "Api"; it must be a name such as backend: at most 63 of a-z, 0-9 and -, beginning with a letter',
  ],
  [
    { "prism-api": { deployment: "prism-functions" } },
    "prism:workloads.prism-functions.deployment and workloads.prism-api.deployment are both prism-functions; give one of them another name",
  ],
  [
    { "prism-api": { service: { name: "prism-functions" } } },
    "prism:workloads.prism-functions.service.name and workloads.prism-api.service.name are both prism-functions; give one of them another name",
  ],
  [
    { "prism-api": { selector: { app: "prism" } }, "prism-functions": { labels: { app: "prism" } } },
    'prism:workloads.prism-api.selector, {"app":"prism"}, is also true of the pods of workloads.prism-functions; add a label that only its own pods have',
  ],
  [
    { "prism-api": { nodeSelector: { "nvidia.com/gpu.present": true } } },
    `pulumi config set --path --type string 'prism:workloads.prism-api.nodeSelector["nvidia.com/gpu.present"]' true`,
  ],
  [{ "prism-api": { port: 80 } }, "prism:workloads.prism-api.port is 80; it must be at least 1024"],
])("%j is refused", (workloads, message) => expect(() => read({ "prism:workloads": workloads })).toThrow(message));

test("a key that the system has in another place is named", () =>
  expect(() => read({ "mued:workloads": { "mued-web": { replicas: 3 } } })).toThrow(
    "unknown key mued:workloads.mued-web.replicas; the keys of mued:workloads.mued-web are resources, " +
      "gracePeriodSeconds, environment, secrets, writable, command, port, labels, metrics, logs, deployment, container, selector, service, nodeSelector, " +
      "tolerations; " +
      "replicas is mued:replicas",
  ));
