/** Rules, routes and dashboards that the monitoring of a stack is handed. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration } from "../../../stack/config";
import { contentsOf } from "../../../stack/monitoring-contents";
import { collectResources } from "../../support/mocks";
import { smallestStack } from "../../support/smallest-stack";

const keys = {
  "runsheet:pagerdutyRoutingKey": "routing-key",
  "runsheet:slackWebhookUrl": "https://hooks.slack.example/T0",
  "runsheet:emailPassword": "password",
};
const email = { to: "alerts@example.com", from: "runsheet@example.com", smarthost: "smtp.example.com:587" };

beforeEach(() => void collectResources());

function read(monitoring: object, secrets: Readonly<Record<string, string>> = {}) {
  const all = { ...smallestStack("prism", "mued"), ...secrets };
  const settings = { engine: "existing", ...monitoring };
  pulumi.runtime.setAllConfig({ ...all, "runsheet:monitoring": JSON.stringify(settings) }, Object.keys(secrets));
  return readConfiguration();
}

function contents(monitoring: object, secrets?: Readonly<Record<string, string>>) {
  const { monitoring: settings, receiverSecrets, systems } = read(monitoring, secrets);
  return contentsOf(settings!, receiverSecrets, systems, { prefix: "a-", stack: "staging" });
}

interface Group {
  readonly name: string;
  readonly rules: readonly { readonly alert?: string; readonly annotations?: Readonly<Record<string, string>> }[];
}

const groupsOf = ({ rules }: ReturnType<typeof contents>, system: string) =>
  rules.find(({ name }) => name === system)!.spec.groups as readonly Group[];
const alertOf = (all: ReturnType<typeof contents>, system: string, name: string) =>
  groupsOf(all, system)
    .flatMap(({ rules }) => rules)
    .find(({ alert }) => alert === name)!;

test("each system has its runbook's rules and the platform's, for its namespace", () => {
  const all = contents({});
  expect(all.rules.map(({ name, system }) => [name, system])).toEqual([
    ["prism", "prism"],
    ["mued", "mued"],
  ]);
  expect(groupsOf(all, "prism").map(({ name }) => name)).toEqual(["prism.runbook", "prism.platform"]);
  expect(JSON.stringify(alertOf(all, "prism", "RedisDown"))).toContain('namespace=\\"a-prism\\"');
});

test("an alert links to its runbook where the copy of the files is known", () => {
  expect(alertOf(contents({}), "mued", "DumpTooOld").annotations).not.toHaveProperty("runbook_url");
  const linked = contents({ runbookUrl: "https://git.example/runsheet/" });
  expect(alertOf(linked, "mued", "DumpTooOld").annotations).toMatchObject({
    runbook_url: "https://git.example/runsheet/docs/runbooks/every-system.md#dump-too-old",
  });
});

test("a promise of one's own is the alert's limit", () =>
  expect(JSON.stringify(alertOf(contents({ promises: { dumpHours: 2 } }), "mued", "DumpTooOld"))).toContain("> 7200"));

test("the dashboards are those of the systems and the platform, one ConfigMap each", () => {
  const { dashboards } = contents({});
  expect(dashboards.map(({ name }) => name)).toEqual([
    "dashboard-runsheet-platform",
    "dashboard-runsheet-up",
    "dashboard-prism-monitoring",
    "dashboard-prism-maintenance",
    "dashboard-mued-rag-metrics",
  ]);
  expect(Object.keys(dashboards[0]!.data)).toEqual(["runsheet-platform.json"]);
});

test("alerts on logs are for the system's namespace, with the channels of its runbook", () => {
  const { logAlerts } = contents({ runbookUrl: "https://git.example/runsheet" });
  expect(logAlerts.map(({ alerts, args: { system, namespace } }) => [system, namespace, alerts.length])).toEqual([
    ["prism", "a-prism", 2],
    ["mued", "a-mued", 1],
  ]);
  expect(logAlerts[0]!.args).toMatchObject({
    channels: { critical: ["pagerduty", "email"], warning: ["email"], info: ["email"] },
    runbookBaseUrl: "https://git.example/runsheet",
  });
});

test("without receivers nothing is routed", () => expect(contents({}).routes).toEqual([]));

test("receivers get their keys from a Secret in the system's namespace", () => {
  const receivers = { pagerduty: {}, slack: { channel: "#alerts" }, email: { ...email, username: "runsheet" } };
  const { routes } = contents({ receivers }, keys);
  expect(routes.map(({ name, system, secret }) => [name, system, secret!.name])).toEqual([
    ["prism", "prism", "alert-receivers"],
    ["mued", "mued", "alert-receivers"],
  ]);
  expect(Object.keys(routes[0]!.secret!.values)).toEqual(["pagerdutyRoutingKey", "slackWebhookUrl", "emailPassword"]);
  const text = JSON.stringify(routes[0]!.spec);
  expect(text).toContain('"routingKey":{"name":"alert-receivers","key":"pagerdutyRoutingKey"}');
  expect(text).toContain('"apiURL":{"name":"alert-receivers","key":"slackWebhookUrl"},"channel":"#alerts"');
  expect(text).toContain(
    '"authUsername":"runsheet","authPassword":{"name":"alert-receivers","key":"emailPassword"},"requireTLS":true',
  );
  for (const value of Object.values(keys)) expect(text).not.toContain(value);
});

test("each system's routes are for the alerts of its own namespace", () => {
  const { routes } = contents(
    { receivers: { slack: {} } },
    { "runsheet:slackWebhookUrl": "https://hooks.slack.example/T0" },
  );
  const matchers = routes.map(({ spec }) => (spec as { route: { matchers: unknown } }).route.matchers);
  expect(matchers).toEqual(["a-prism", "a-mued"].map((value) => [{ name: "namespace", value, matchType: "=" }]));
});

test("e-mail without a login needs no Secret", () => {
  const [route] = contents({ receivers: { email: { ...email, requireTls: false } } }).routes;
  expect(route).not.toHaveProperty("secret");
  expect(JSON.stringify(route!.spec)).toContain('"requireTLS":false');
});

test("a receiver without its secret is refused, with the command that sets it", () =>
  expect(() => read({ receivers: { pagerduty: {}, slack: {} } })).toThrow(
    "the configuration of stack test has 2 problems; nothing was changed:\n" +
      "  - runsheet:pagerdutyRoutingKey is missing: Integration key of `monitoring.receivers.pagerduty`, of the Events API v2; set it with: pulumi config set --secret runsheet:pagerdutyRoutingKey\n" +
      "  - runsheet:slackWebhookUrl is missing: Incoming webhook of `monitoring.receivers.slack`; set it with: pulumi config set --secret runsheet:slackWebhookUrl",
  ));
