/** The whole monitoring in the lab: targets, rules, dashboards, logs, and alerts from the fault to the message. */
import { answered, unanswered } from "../../dashboards/pictures/answers";
import { Prometheus } from "../../dashboards/pictures/prometheus";
import { hostAddress } from "../../lab/cluster/addresses";
import { stackDashboards } from "../../systems/dashboards";
import { AlertReceivers } from "../support/alerts/receivers";
import { eventually, kubectl, sql, systems, type System } from "../support/cluster";
import { expectNoDrift } from "../support/drift";
import { FaultyStack } from "../support/faulty-stack";
import { askedOf, logLines, monitoringNamespace, prometheusUrl, valuesOf } from "../support/monitoring/servers";
import { configureMonitoring, receiverSecrets, smallOmniops } from "../support/monitoring/settings";
import { secretOf, setFaults, startTraffic } from "../support/monitoring/traffic";

const stack = new FaultyStack();
let receivers: AlertReceivers;
let endTraffic: () => Promise<Readonly<Record<string, number>>>;

const say = (text: string) => process.stderr.write(`  ${text}\n`);
const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`;

beforeAll(async () => {
  await mendAll();
  receivers = await AlertReceivers.start(hostAddress);
  await configureMonitoring(stack, receivers);
  // So that messages are analysed, and every metric of the ML API has a value.
  stack.configure({ ...smallOmniops, "omniops:features": { sentiment_analysis: { enabled: true, percentage: 100 } } });
  const begin = Date.now();
  await stack.upSucceeds();
  say(`the up with the monitoring: ${seconds(Date.now() - begin)}`);
  endTraffic = await startTraffic();
});
afterAll(async () => {
  await endTraffic?.();
  await stack.leave();
  await receivers?.stop();
});

test("a second up changes nothing, and there is no drift", async () => {
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
  await expectNoDrift(stack);
});

interface Targets {
  readonly activeTargets: readonly {
    readonly scrapePool: string;
    readonly health: string;
    readonly lastError: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
}

test("every target is up: workloads, databases, Redis, the cluster, the monitoring itself", async () => {
  const down = async () => {
    const { activeTargets } = await askedOf<Targets>("targets?state=active");
    return activeTargets.filter(({ health }) => health !== "up").map((each) => `${each.scrapePool}: ${each.lastError}`);
  };
  await eventually("every target is up", async () => (await down()).length === 0, 120).catch(async (error: Error) => {
    throw new Error(`${error.message}\n${(await down()).join("\n")}`);
  });
  const { activeTargets } = await askedOf<Targets>("targets?state=active");
  const jobs = new Set(activeTargets.map(({ labels }) => labels.job));
  say(`targets: ${activeTargets.length}, jobs: ${[...jobs].sort().join(", ")}`);
  for (const system of systems) {
    const ofSystem = activeTargets.filter(({ labels }) => labels.system === system).map(({ labels }) => labels.job!);
    expect(ofSystem.some((job) => job.includes("postgresql"))).toBe(true);
  }
  for (const system of ["prism", "omniops", "pm", "ai-backend"])
    expect([...jobs].some((job) => job === `${system}-redis-exporter`)).toBe(true);
});

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[];
  }[];
}

test("every rule is evaluated without an error", async () => {
  const rules = async () => (await askedOf<Rules>("rules")).groups.flatMap((group) => group.rules);
  await eventually(
    "every rule is evaluated",
    async () => (await rules()).every(({ health }) => health !== "unknown"),
    180,
  );
  const all = await rules();
  expect(all.length).toBeGreaterThan(150);
  expect(all.filter(({ health }) => health !== "ok")).toEqual([]);
});

test("while all is well nobody is told", async () => {
  const firing = await valuesOf('ALERTS{alertstate="firing"}');
  expect(firing.map(({ labels }) => `${labels.namespace} ${labels.alertname} ${labels.severity}`)).toEqual([]);
  expect([receivers.received, receivers.mails]).toEqual([[], []]);
});

test("every query of every dashboard has an answer under load", async () => {
  const namespaces = Object.fromEntries(systems.map((system) => [system, system]));
  const to = Math.floor(Date.now() / 1000);
  const prometheus = new Prometheus(await prometheusUrl());
  const missing: string[] = [];
  for (const dashboard of stackDashboards(namespaces)) {
    const panels = await answered(dashboard, prometheus, { from: to - 900, to });
    missing.push(...unanswered(panels).map((each) => `${dashboard.uid}: ${JSON.stringify(each)}`));
  }
  expect(missing).toEqual([]);
});

describe("logs", () => {
  test("the output of every workload is in the store, with system, workload, release and kind", async () => {
    for (const system of systems) {
      const found = () => logLines(`{system="${system}",kind="output"} release:* | limit 1`);
      await eventually(`a log of ${system}`, async () => (await found()).length === 1, 60);
      expect((await found())[0]).toMatchObject({ system, kind: "output", release: stack.release(system) });
    }
    const workloads = await logLines("* | stats by (system, workload) count() as lines");
    say(`logs: ${workloads.map(({ system, workload, lines }) => `${system}/${workload} ${lines}`).join(", ")}`);
  });

  test("fields of a line do not pass for what the stack says", async () => {
    const [line] = await logLines('{system="mued"} fields.system:* | limit 1');
    expect(line).toMatchObject({ system: "mued", "fields.system": "mued" });
  });

  test("no secret of the stack is in any log", async () => {
    const secrets = await secretsOfStack();
    expect(secrets.length).toBeGreaterThan(20);
    for (const { name, value } of secrets)
      for (const store of ["victorialogs", "victorialogs-audit"])
        expect([name, await logLines(`${JSON.stringify(value)} | limit 1`, store)]).toEqual([name, []]);
  });
});

/** Values of all Secrets of the systems and of the monitoring that are secret. */
async function secretsOfStack(): Promise<{ name: string; value: string }[]> {
  const all = await Promise.all(
    [...systems, monitoringNamespace].map(async (namespace) => {
      const { items } = JSON.parse(await kubectl("get", "secrets", "-n", namespace, "-o", "json")) as {
        readonly items: readonly { metadata: { name: string }; data?: Record<string, string> }[];
      };
      return items.flatMap(({ metadata, data = {} }) =>
        Object.entries(data)
          .filter(
            ([key]) => /password|secret|token|key$|uri|apikey|api-key|webhook/i.test(key) && !key.endsWith(".key"),
          )
          .map(([key, encoded]) => ({
            name: `${namespace}/${metadata.name}.${key}`,
            value: Buffer.from(encoded, "base64").toString(),
          })),
      );
    }),
  );
  return all.flat().filter(({ value }) => value.length >= 8);
}

/** A fault, how it is made and mended, and the alert that is expected of it. */
interface FaultCase {
  readonly system: System;
  readonly alert: string;
  readonly channels: readonly ("pagerduty" | "slack" | "email")[];
  make(): Promise<unknown>;
  mend(): Promise<unknown>;
}

const withFaults = (system: System, path: string) => ({
  make: () => setFaults(system, [{ path, status: 500 }]),
  mend: () => setFaults(system, []),
});

const cases: readonly FaultCase[] = [
  {
    system: "prism",
    alert: "PrismInsightsGenerationFailed",
    channels: ["email"],
    make: async () => {
      await setFaults("prism", [{ path: "job:monthly-insights", status: 500 }]);
      await triggerInsights();
    },
    mend: () => setFaults("prism", []),
  },
  {
    ...{ system: "omniops", alert: "OmniOpsPhase4ErrorRateHigh", channels: ["pagerduty", "slack"] },
    ...withFaults("omniops", "/api/features"),
  },
  {
    ...{ system: "mued", alert: "MuedErrorRateIncreased", channels: ["pagerduty"] },
    make: () => sql("REVOKE SELECT ON plugin_registry FROM mued_app", "mued"),
    mend: () => sql("GRANT SELECT ON plugin_registry TO mued_app", "mued"),
  },
  {
    ...{ system: "pm", alert: "PmErrorRateHigh", channels: ["pagerduty", "slack"] },
    ...withFaults("pm", "/api/signals"),
  },
  {
    ...{ system: "ai-backend", alert: "AiBackendDatabaseUnreachable", channels: ["pagerduty", "slack"] },
    make: () => sql(lockOut("NOLOGIN"), "ai-backend"),
    mend: () => sql("ALTER ROLE ai_backend_app LOGIN", "ai-backend"),
  },
];

/** Mends every fault, also those of an earlier run that was killed. */
const mendAll = () => Promise.all(cases.map(({ mend }) => mend()));

const lockOut = (attribute: string) =>
  `ALTER ROLE ai_backend_app ${attribute}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ai_backend_app'`;

async function triggerInsights(): Promise<void> {
  const address = await kubectl("get", "service", "-n", "prism", "prism-api", "-o", "jsonpath={.spec.clusterIP}");
  const response = await fetch(`http://${address}:3000/api/admin/trigger-insights`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await secretOf("prism", "ADMIN_TOKEN")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ userId: "00000000-0000-4000-8000-000000000001", month: "2000-02" }),
  });
  expect(response.status).toBe(202);
}

/** Finds the messages of a channel that name an alert of a system, each with its time and whether it is over. */
function messagesOf(channel: string, system: System, alert: string): { at: number; over: boolean; text: string }[] {
  const all =
    channel === "email"
      ? receivers.mails.map(({ text, at }) => ({ at, text, over: /^Subject: RESOLVED/m.test(text) }))
      : receivers.received
          .filter(({ path }) => path === `/${channel}`)
          .map(({ body, at }) => {
            const text = JSON.stringify(body);
            return { at, text, over: body.event_action === "resolve" || text.includes('"title":"RESOLVED') };
          });
  return all.filter(({ text }) => text.includes(alert) && text.includes(system));
}

describe("alerts, from the fault to the message and back", () => {
  const began = new Map<string, number>();
  const mended = new Map<string, number>();
  afterAll(mendAll);

  const all = (over: boolean) => () =>
    Promise.resolve(
      cases.every(({ system, alert, channels }) =>
        channels.every((channel) => messagesOf(channel, system, alert).some((message) => message.over === over)),
      ),
    );
  const report = (over: boolean, since: Map<string, number>) => {
    for (const { system, alert, channels } of cases)
      for (const channel of channels) {
        const message = messagesOf(channel, system, alert).find((each) => each.over === over);
        const took = message ? seconds(message.at - since.get(system)!) : "no message";
        say(`${over ? "resolved" : "fired"} ${system} ${alert} ${channel}: ${took}`);
      }
  };

  test("each fault is told on each of the alert's channels", async () => {
    for (const { system, make } of cases) {
      began.set(system, Date.now());
      await make();
    }
    await eventually("every fault is told", all(false), 900).finally(() => report(false, began));
    for (const { system, alert, channels } of cases)
      for (const channel of channels) say(messagesOf(channel, system, alert)[0]!.text.slice(0, 600));
  });

  test("each fault that is mended is told to be over", async () => {
    for (const { system, mend } of cases) {
      mended.set(system, Date.now());
      await mend();
    }
    await eventually("the end of every fault is told", all(true), 1800).finally(() => report(true, mended));
  });

  test("one fault made one page", () => {
    const pages = receivers.received.filter(
      ({ path, body }) => path === "/pagerduty" && body.event_action === "trigger",
    );
    const keys = pages.map(({ body }) => (body.payload as { summary: string }).summary);
    say(`pages: ${keys.join("; ")}`);
    for (const system of systems)
      expect(keys.filter((summary) => summary.includes(system)).length).toBeLessThanOrEqual(1);
  });

  test("the receivers' secrets are in no log either", async () => {
    for (const value of Object.values(receiverSecrets))
      expect(await logLines(`${JSON.stringify(value)} | limit 1`)).toEqual([]);
  });
});

test("it fits the lab: its memory", async () => {
  const top = await kubectl("top", "pods", "-A", "--no-headers");
  const own = /^(runsheet-monitoring|runsheet-monitoring-nodes) |-exporter/;
  const mebibytes = top
    .split("\n")
    .filter((line) => own.test(line))
    .map((line) => Number(/(\d+)Mi$/.exec(line.trim())?.[1] ?? 0));
  const sum = mebibytes.reduce((total, each) => total + each, 0);
  say(`memory of the monitoring: ${sum} MiB`);
  expect(sum).toBeGreaterThan(100);
  expect(sum).toBeLessThan(1536);
});

test("without the key nothing of it is left but the kinds of its objects", async () => {
  say(`answers of the traffic: ${JSON.stringify(await endTraffic())}`);
  stack.configure({ "runsheet:monitoring": undefined, "omniops:features": undefined, "omniops:workloads": undefined });
  for (const key of ["pagerdutyRoutingKey", "slackWebhookUrl"]) stack.configure({ [`runsheet:${key}`]: undefined });
  await stack.upSucceeds();
  expect(await kubectl("get", "namespaces", "-o", "name")).not.toContain("monitoring");
  expect(await kubectl("get", "podmonitors,prometheusrules,alertmanagerconfigs", "-A", "-o", "name")).toBe("");
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
  await expectNoDrift(stack);
});
