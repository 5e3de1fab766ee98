/** A real Alertmanager with the routes of the systems: one fault is one page, and its messages can be read. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Received } from "../../support/alerts/receivers";
import { RunningAlertmanager } from "./running";

let alertmanager: RunningAlertmanager;
beforeEach(async () => {
  alertmanager = await RunningAlertmanager.start(["prism", "omniops", "pm"]);
});
afterEach(() => alertmanager.stop());

/** Time in which Alertmanager would have sent more. */
const settled = () => sleep(5000);

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !condition(); await sleep(50))
    if (Date.now() > end) throw new Error(`not sent within 20 s: ${JSON.stringify(alertmanager.receivers.received)}`);
}

const pages = () => alertmanager.receivers.received.filter(({ path }) => path === "/pagerduty").map(({ body }) => body);
const slack = () =>
  alertmanager.receivers.received
    .filter(({ path }) => path === "/slack")
    .map(({ body }) => (body.attachments as Received["body"][])[0]!);

const databaseAway = [
  "PmDatabaseConnectionFailures/critical",
  "PmSystemUnhealthy/warning",
  "PmErrorRateHigh/info",
  "PmErrorRateHigh/warning",
  "PmErrorRateHigh/critical",
];

test("a database that is away is one page and one message, and so is its return", async () => {
  await alertmanager.send("pm", databaseAway);
  await until(() => pages().length > 0 && slack().length > 0);
  await settled();
  expect(pages()).toEqual([
    {
      routing_key: "integration-key",
      dedup_key: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      event_action: "trigger",
      client: "Runsheet",
      client_url: expect.any(String) as string,
      payload: {
        summary: "CRITICAL: pm in production, PmDatabaseConnectionFailures",
        source: expect.any(String) as string,
        severity: "critical",
        custom_details: expect.objectContaining({
          alerts:
            "The application does not reach its database. PmDatabaseConnectionFailures has its value here.\n" +
            "https://example.com/docs/runbooks/pm.md#1-configure-alerts\n",
        }) as object,
      },
    },
  ]);
  expect(slack()).toEqual([
    expect.objectContaining({
      title: "CRITICAL: pm in production, PmDatabaseConnectionFailures",
      text:
        "The application does not reach its database. PmDatabaseConnectionFailures has its value here.\n" +
        "https://example.com/docs/runbooks/pm.md#1-configure-alerts\n",
      color: "danger",
    }),
  ]);

  await alertmanager.send("pm", databaseAway, "over");
  await until(() => pages().length > 1 && slack().length > 1);
  const [trigger, resolve] = pages();
  expect([resolve!.event_action, resolve!.dedup_key]).toEqual(["resolve", trigger!.dedup_key]);
  // A muted alert is named when it is over. Its warnings, of which nobody was told, are not.
  await settled();
  expect(slack().slice(1)).toEqual([
    expect.objectContaining({
      title: "RESOLVED: pm in production, PmDatabaseConnectionFailures, PmErrorRateHigh",
      color: "good",
    }),
  ]);
});

test("two critical alerts of a system are one page", async () => {
  await alertmanager.send("pm", ["PmDiskSpaceLow/critical", "PmMemoryUsageHigh/critical"]);
  await until(() => pages().length > 0);
  await settled();
  expect(pages().map(({ payload }) => (payload as Received["body"]).summary)).toEqual([
    "CRITICAL: pm in production, PmDiskSpaceLow, PmMemoryUsageHigh",
  ]);
});

test.each([
  ["critical", ["warning", "info"], "CRITICAL: pm in production, PmErrorRateHigh"],
  ["warning", ["info"], "WARNING: pm in production, PmErrorRateHigh"],
])("a %s alert mutes the others of its name", async (severity, others, title) => {
  await alertmanager.send(
    "pm",
    [severity, ...others].map((each) => `PmErrorRateHigh/${each}`),
  );
  await until(() => slack().length > 0);
  await settled();
  expect(slack().map(({ title }) => title)).toEqual([title]);
});

test("a certificate near its end does not mute that another one ends soon", async () => {
  await alertmanager.send("pm", ["CertificateExpiresSoon/critical"], "firing", { instance: "https://a.example" });
  for (const instance of ["https://a.example", "https://b.example"])
    await alertmanager.send("pm", ["CertificateExpiresSoon/warning"], "firing", { instance });
  await until(() => slack().length > 1);
  await settled();
  expect(
    slack()
      .map(({ title }) => title)
      .sort(),
  ).toEqual([
    "CRITICAL: pm in production, CertificateExpiresSoon",
    "WARNING: pm in production, CertificateExpiresSoon",
  ]);
});

test("a message names what fires, and says what is over beside it", async () => {
  await alertmanager.send("pm", ["PmDiskSpaceLow/critical", "PmMemoryUsageHigh/critical"]);
  await until(() => slack().length > 0);
  await alertmanager.send("pm", ["PmDiskSpaceLow/critical"], "over");
  await until(() => slack().length > 1);
  expect(slack()[1]).toMatchObject({
    title: "CRITICAL: pm in production, PmMemoryUsageHigh",
    text:
      "A container is near its memory limit, and would be killed at it. PmMemoryUsageHigh has its value here.\n" +
      "https://example.com/docs/runbooks/pm.md#1-configure-alerts\n" +
      "Over: A volume is almost full.\n",
  });
  await alertmanager.send("pm", ["PmMemoryUsageHigh/critical"], "over");
  await until(() => slack().length > 2);
  expect(slack()[2]).toMatchObject({
    title: "RESOLVED: pm in production, PmMemoryUsageHigh",
    text: "Over: A container is near its memory limit, and would be killed at it.\n",
  });
});

test("somebody else's alert is an event that PagerDuty takes", async () => {
  const labels = { alertname: "Theirs", namespace: "pm", severity: "page" };
  await alertmanager.post([{ labels, annotations: { summary: "It is theirs.", description: "So it is." } }]);
  await until(() => pages().length > 0);
  expect(pages()[0]!.payload).toMatchObject({
    severity: "error",
    custom_details: { alerts: "It is theirs. So it is.\n" },
  });
});

test("the cause in one system mutes nothing of another", async () => {
  await alertmanager.send("pm", ["PmDatabaseConnectionFailures/critical"]);
  await alertmanager.send("omniops", ["OmniOpsPhase4ErrorRateHigh/critical"]);
  await until(() => pages().length > 1);
  const summaries = pages().map(({ payload }) => (payload as Received["body"]).summary);
  expect(summaries.sort()).toEqual([
    "CRITICAL: omniops in production, OmniOpsPhase4ErrorRateHigh",
    "CRITICAL: pm in production, PmDatabaseConnectionFailures",
  ]);
});

test("a warning of PRISM is an e-mail, and nothing else", async () => {
  await alertmanager.send("prism", ["PrismModelTrainingFailed/warning"]);
  await until(() => alertmanager.receivers.mails.length > 0);
  const [head, body] = alertmanager.receivers.mails[0]!.text.split("\r\n\r\n", 2);
  expect(head).toContain("Subject: WARNING: prism in production, PrismModelTrainingFailed\r\n");
  expect(head).toContain("To: team@example.com\r\n");
  expect(body).toContain("Content-Type: text/plain");
  expect(alertmanager.receivers.mails[0]!.text.replaceAll("=\r\n", "")).toContain(
    "A model was not trained: a job of the model training failed. PrismModelTrainingFailed has its value here.",
  );
  await settled();
  expect([alertmanager.receivers.mails.length, alertmanager.receivers.received]).toEqual([1, []]);
});
