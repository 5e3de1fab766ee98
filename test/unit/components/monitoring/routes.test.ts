/** Routes by amtool: which receiver gets the alerts of each system, severity and channel. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Channel } from "../../../../components/monitoring/alert";
import { alertingRule } from "../../../../components/monitoring/alert-rules";
import { alertmanagerFile } from "../../../../components/monitoring/alertmanager-file";
import {
  messageText,
  messageTitle,
  pagerdutySeverity,
  type Receivers,
} from "../../../../components/monitoring/receivers";
import { alertmanagerConfigSpec } from "../../../../components/monitoring/routes";
import { routedAlerts } from "../../../../components/monitoring/system-rules";
import { names } from "../../../../systems";
import { systemAlerts } from "../../../../systems/alerts";
import { runProgram } from "../../../support/alerts/prometheus-programs";

const receivers = {
  pagerduty: { routingKey: { name: "alerting", key: "pagerduty" } },
  slack: { webhookUrl: { name: "alerting", key: "slack" }, channel: "#engineering" },
  email: {
    to: "team@example.com",
    from: "alerts@example.com",
    smarthost: "smtp.example.com:587",
    login: { username: "alerts", password: { name: "alerting", key: "smtp" } },
  },
} satisfies Receivers;

const namespaceOf = (system: string) => `team-${system}`;

function routesOf(system: string, there: Receivers = receivers) {
  const declared = systemAlerts[system]!(namespaceOf(system));
  const alerts = routedAlerts(declared, { namespace: namespaceOf(system), database: "cloudnativepg" });
  return alertmanagerConfigSpec(alerts, declared.channels, there, { namespace: namespaceOf(system), stack: "test" });
}

/** Severities and channels that the rules of a system have. */
function labelsOf(system: string): string[] {
  const namespace = namespaceOf(system);
  const declared = systemAlerts[system]!(namespace);
  const args = { system, namespace, runbookBaseUrl: "https://example.com", channels: declared.channels };
  const alerts = routedAlerts(declared, { namespace, database: "cloudnativepg" });
  const rules = alerts.map((alert) => alertingRule({ ...alert, expr: "" }, args));
  return [...new Set(rules.map(({ labels }) => `${system} ${labels.severity} ${labels.channels}`))];
}

const directory = mkdtempSync(join(tmpdir(), "runsheet-routes-"));
const file = join(directory, "alertmanager.yml");
beforeAll(() => {
  writeFileSync(file, alertmanagerFile(Object.fromEntries(names.map((name) => [namespaceOf(name), routesOf(name)]))));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Receiver of an alert with these labels. The first line is a warning that a flag is not used. */
const receiverOf = async (...labels: string[]) =>
  (await runProgram("amtool", ["config", "routes", "test", `--config.file=${file}`, ...labels]))
    .trim()
    .split("\n")
    .at(-1);

/** Every severity of every system, with the channels of its runbook. */
const expected: readonly (readonly [system: string, severity: string, channels: string])[] = [
  ["prism", "critical", "pagerduty-email"],
  ["prism", "warning", "email"],
  ["omniops", "critical", "pagerduty-slack"],
  ["omniops", "warning", "slack-email"],
  ["mued", "critical", "pagerduty"],
  ["mued", "warning", "slack"],
  ["mued", "info", "slack"],
  ["pm", "critical", "pagerduty-slack"],
  ["pm", "warning", "slack"],
  ["pm", "info", "slack"],
  ["ai-backend", "critical", "pagerduty-slack"],
  ["ai-backend", "warning", "slack"],
  ["ai-backend", "info", "slack"],
];

test("amtool takes the configuration", async () => {
  const output = await runProgram("amtool", ["check-config", file]);
  expect(output).toContain(`Checking '${file}'  SUCCESS`);
});

test("the table below has every severity and channel that an alert has", () => {
  expect(names.flatMap(labelsOf).sort()).toEqual(expected.map((row) => row.join(" ")).sort());
});

test.each(expected)("an alert of %s that is %s goes to %s", async (system, severity, channels) => {
  const namespace = namespaceOf(system);
  const labels = [`namespace=${namespace}`, `severity=${severity}`, `channels=${channels}`];
  expect(await receiverOf(...labels)).toBe(`${namespace}/${channels}`);
});

test("somebody else's alert in the namespace goes to all channels", async () => {
  expect(await receiverOf("namespace=team-pm", "severity=page")).toBe("team-pm/pagerduty-slack-email");
});

test("an alert of another namespace goes to nobody", async () => {
  expect(await receiverOf("namespace=other", "severity=critical", "channels=pagerduty-slack")).toBe("nobody");
});

test("the routes of a system group what is critical into one page", () => {
  expect(routesOf("mued").route).toEqual({
    receiver: "pagerduty-slack-email",
    matchers: [equals("namespace", "team-mued")],
    groupBy: ["namespace", "alertname"],
    groupWait: "30s",
    groupInterval: "5m",
    repeatInterval: "12h",
    routes: [
      {
        receiver: "pagerduty",
        matchers: [equals("severity", "critical"), equals("channels", "pagerduty")],
        groupBy: ["namespace"],
        groupWait: "30s",
        groupInterval: "5m",
        repeatInterval: "4h",
      },
      {
        receiver: "slack",
        matchers: [equals("severity", "warning"), equals("channels", "slack")],
        groupBy: ["namespace", "alertname"],
        groupWait: "30s",
        groupInterval: "5m",
        repeatInterval: "12h",
      },
      {
        receiver: "slack",
        matchers: [equals("severity", "info"), equals("channels", "slack")],
        groupBy: ["namespace", "alertname"],
        groupWait: "5m",
        groupInterval: "30m",
        repeatInterval: "24h",
      },
    ],
  });
});

test("a receiver names the keys of the Secret, and says when it is over", () => {
  expect(routesOf("mued").receivers.find(({ name }) => name === "pagerduty-slack-email")).toEqual({
    name: "pagerduty-slack-email",
    pagerdutyConfigs: [
      {
        routingKey: { name: "alerting", key: "pagerduty" },
        sendResolved: true,
        client: "Runsheet",
        severity: pagerdutySeverity,
        description: messageTitle("test"),
        details: [{ key: "alerts", value: messageText }],
      },
    ],
    slackConfigs: [
      {
        apiURL: { name: "alerting", key: "slack" },
        channel: "#engineering",
        sendResolved: true,
        color: expect.stringContaining("danger") as string,
        title: messageTitle("test"),
        text: messageText,
      },
    ],
    emailConfigs: [
      {
        to: "team@example.com",
        from: "alerts@example.com",
        smarthost: "smtp.example.com:587",
        authUsername: "alerts",
        authPassword: { name: "alerting", key: "smtp" },
        requireTLS: true,
        sendResolved: true,
        headers: [{ key: "Subject", value: messageTitle("test") }],
        text: messageText,
        html: "",
      },
    ],
  });
});

test.each<[Channel, Receivers]>([
  ["slack", { slack: receivers.slack }],
  ["email", { email: receivers.email }],
])("a stack with %s only gets every alert there", (channel, there) => {
  const { route, receivers } = routesOf("mued", there);
  expect([route, ...route.routes!].map(({ receiver }) => receiver)).toEqual([channel, channel, channel, channel]);
  expect(receivers.map(({ name }) => name)).toEqual([channel]);
  // The labels of the alerts stay as they are.
  expect(route.routes!.map(({ matchers }) => matchers![1]!.value)).toEqual(["pagerduty", "slack", "slack"]);
});

test("a stack without a receiver is refused", () => {
  expect(() => routesOf("pm", {})).toThrow("alerts need a receiver: configure one of pagerduty, slack or email");
});

const equals = (name: string, value: string) => ({ name, value, matchType: "=" });
