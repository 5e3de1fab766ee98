/** The key `runsheet:monitoring`, and the keys of workloads that it reads. */
import * as pulumi from "@pulumi/pulumi";
import { addressesOf } from "../../../components/system/monitored";
import { readConfiguration } from "../../../stack/config";
import { collectsLogs, monitoringClaims } from "../../../stack/monitoring";
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
  return readConfiguration();
}

const refused = (problem: string) =>
  `the configuration of stack test has a problem; nothing was changed:\n  - ${problem}`;

test("without the key nothing is monitored, and no namespace is claimed", () => {
  const { monitoring } = read({});
  expect(monitoring).toBeUndefined();
  expect(collectsLogs(monitoring)).toBe(false);
  expect(monitoringClaims(monitoring)).toEqual([]);
});

test("each engine claims the namespaces that it makes", () => {
  const claimed = (settings: object) => {
    const { monitoring } = read({ "runsheet:monitoring": settings });
    return [collectsLogs(monitoring), ...monitoringClaims(monitoring).map(({ namespace }) => namespace)];
  };
  expect(claimed({ engine: "existing" })).toEqual([false, "runsheet-monitoring"]);
  const logs = { store: "otlp", endpoint: "http://loki:3100/otlp" };
  expect(claimed({ engine: "existing", namespace: "watch", logs })).toEqual([true, "watch", "watch-nodes"]);
  const none = { engine: "prometheus-operator", logs: { store: "none" } };
  expect(claimed(none)).toEqual([false, "runsheet-monitoring", "runsheet-monitoring-nodes"]);
});

test.each([
  [
    { engine: "prometheus-operator", images: { operator: "example/operator:v0.84.0" } },
    "runsheet:monitoring.images.operator: example/operator:v0.84.0 has the version 0.84.0, but the operator's definitions and RBAC rules are of 0.85.0; set an image of 0.85.0",
  ],
  [
    { engine: "prometheus-operator", images: { prometheus: "example/prometheus:latest" } },
    "runsheet:monitoring.images.prometheus: example/prometheus:latest has no version in its tag, which the operator needs; set an image such as example/prometheus:v1.2.3",
  ],
  [
    { engine: "prometheus-operator", logs: { store: "loki" } },
    "runsheet:monitoring.logs.endpoint is missing; set it to the URL of the store's OTLP",
  ],
  [
    { engine: "existing", logs: { store: "otlp" } },
    "runsheet:monitoring.logs.endpoint is missing; set it to the URL of the store's OTLP",
  ],
  [
    { engine: "existing", logs: { store: "otlp", endpoint: "http://loki:3100/otlp/" } },
    'runsheet:monitoring.logs.endpoint is "http://loki:3100/otlp/"; it must be a URL without a / at its end, such as http://loki.logs:3100/otlp',
  ],
])("%j is refused", (monitoring, problem) => {
  expect(() => read({ "runsheet:monitoring": monitoring })).toThrow(refused(problem));
});

test("a token of a store that the stack does not have is refused", () => {
  const secrets = { "runsheet:logsAuthorization": "Bearer x" };
  const problem =
    "runsheet:logsAuthorization is set, but runsheet:monitoring.logs.store is neither loki nor otlp; remove it, or set the store";
  expect(() => read({ "runsheet:monitoring": { engine: "prometheus-operator" } }, secrets)).toThrow(refused(problem));
});

test("a namespace of the monitoring can be taken over", () => {
  const monitoring = { engine: "existing", namespace: "watch" };
  const { takeOver } = read({ "runsheet:monitoring": monitoring, "runsheet:takeOver": ["watch"] });
  expect(takeOver).toEqual(["watch"]);
});

test("a token of metrics must be a secret variable of the runbook", () => {
  const workloads = { "mued-web": { metrics: { authorization: "ADMIN_KEY" } } };
  expect(() => read({ "mued:workloads": workloads })).toThrow(
    /mued:workloads\.mued-web\.metrics\.authorization is ADMIN_KEY, which is no secret variable of the runbook; set it to one of /,
  );
});

test("a log file must be where the application can write", () => {
  const logs = { audit: "/app/logs/audit.log" };
  const workloads = (writable: object) => ({ "mued:workloads": { "mued-web": { logs, writable } } });
  expect(() => read(workloads({ "/app/log": "1Gi" }))).toThrow(
    refused(
      "mued:workloads.mued-web.logs.audit is /app/logs/audit.log, which is in no directory of workloads.mued-web.writable; add its directory there",
    ),
  );
  expect(read(workloads({ "/app/logs": "1Gi" })).systems[1]!.settings.workloads["mued-web"]!.logs).toEqual(logs);
});

test("what users reach is asked as the checks ask it, else at its root", () => {
  const { settings } = read({ "mued:publicUrl": "https://mued.example" }).systems[1]!;
  const inside = { name: "inside", url: "http://mued-web:3000/api/health" };
  const outside = { name: "outside", url: "https://mued.example/api/health" };
  const withLogin = { ...outside, headers: { Authorization: "Bearer x" } };
  expect(addressesOf(settings, [inside, outside])).toEqual([{ url: "https://mued.example/api/health", success: true }]);
  expect(addressesOf(settings, [inside, withLogin])).toEqual([{ url: "https://mued.example", success: false }]);
  const ingress = { host: "mued.example", className: "traefik", tlsSecret: "tls", annotations: {} };
  const ofIngress = { ...settings, publicUrl: undefined, ingress };
  expect(addressesOf(ofIngress, [])).toEqual([{ url: "https://mued.example/", success: false }]);
  expect(addressesOf({ ...settings, publicUrl: undefined }, [inside])).toEqual([]);
});
