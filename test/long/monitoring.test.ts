/** The whole monitoring in the lab: targets, rules, dashboards, logs, and alerts from the fault to the message. */
import { answered, unanswered } from "../../dashboards/pictures/answers";
import { Prometheus } from "../../dashboards/pictures/prometheus";
import { hostAddress } from "../../lab/cluster/addresses";
import { systemAlerts } from "../../systems/alerts";
import { stackDashboards } from "../../systems/dashboards";
import { AlertReceivers } from "../support/alerts/receivers";
import { entranceOf, eventually, kubectl, runNow, sql, systems } from "../support/cluster";
import { expectNoDrift } from "../support/drift";
import { FaultyStack } from "../support/faulty-stack";
import { alertsAtAlertmanager, askedOf, logLines, prometheusUrl, valuesOf } from "../support/monitoring/servers";
import { faults, mendAll, type FaultCase } from "../support/monitoring/faults";
import { secretsOfStack } from "../support/monitoring/secrets";
import { configureMonitoring, receiverSecrets, smallOmniops } from "../support/monitoring/settings";
import { startTraffic } from "../support/monitoring/traffic";
import { execute } from "../support/workspace";
import { withoutAnswer } from "../support/monitoring/without-answer";

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

test("every target is up: workloads, databases, Redis, the cluster", async () => {
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

describe("dashboards", () => {
  beforeAll(async () => {
    // Runs of the schedules: the panels show when each succeeded last.
    for (const schedule of ["dump-scheduled", "restore-test", "maintenance-monthly", "maintenance-quarterly"])
      await runNow("prism", `prism-${schedule}`, 300);
    await sql(
      `INSERT INTO ai_dialogue_log (session_id, query, response, model_used, citations, latency_ms, token_cost_jpy, created_at)
       VALUES (gen_random_uuid(), 'traffic', 'Answer', 'gpt-4', '[{"source": "a"}]'::jsonb, 100, 0.5, now() - interval '1 day')`,
      "mued",
    );
    await runNow("mued", "mued-calculate-rag-metrics-daily");
  });

  test("every query has an answer under load", async () => {
    const prometheus = new Prometheus(await prometheusUrl());
    const without = async () => {
      const to = Math.floor(Date.now() / 1000);
      const missing: string[] = [];
      for (const dashboard of stackDashboards(Object.fromEntries(systems.map((system) => [system, system])))) {
        const panels = await answered(dashboard, prometheus, { from: to - 900, to });
        missing.push(...unanswered(panels).map((query) => `${dashboard.uid}: ${query}`));
      }
      return missing;
    };
    const expected = withoutAnswer.flatMap(({ queries }) => queries).sort();
    const same = async () => JSON.stringify((await without()).sort()) === JSON.stringify(expected);
    await eventually("every query has an answer", same, 120).catch(() => undefined);
    expect((await without()).sort()).toEqual(expected);
  });
});

describe("logs", () => {
  test("npm run lab:logs shows them", async () => {
    const { code, output } = await execute("npm", [
      "run",
      "-s",
      "lab:logs",
      "--",
      "pm",
      "--since",
      "30m",
      "--limit",
      "5",
    ]);
    say(output.replaceAll("\n", "\n  "));
    expect(code).toBe(0);
    expect(output.trim().split("\n").length).toBeGreaterThanOrEqual(5);
    expect(output).toContain("pm-");
  });

  test("the output of every system is stored with system, workload, release, kind", async () => {
    for (const system of systems) {
      const selected = `{system="${system}",kind="output",workload="${entranceOf(system)}"}`;
      const found = () => logLines(`${selected} | limit 1`);
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

interface Message {
  readonly at: number;
  readonly text: string;
  /** True if it says that the alert is over. Others of the same group may still fire. */
  readonly over: boolean;
}

/** Finds the messages of a channel about an alert. */
function messagesOf(channel: string, { system, alert }: FaultCase): Message[] {
  const all =
    channel === "email"
      ? receivers.mails.map(({ text, at }) => ({ at, text: text.replaceAll("=\r\n", "") }))
      : receivers.received
          .filter(({ path }) => path === `/${channel}`)
          .map(({ body, at }) => ({ at, text: JSON.stringify(body) }));
  const { summary } = systemAlerts[system]!(system).alerts.find(({ name }) => name === alert)!;
  const over = (text: string) => text.includes(`Over: ${summary}`);
  return all
    .filter(({ text }) => text.includes(`${system} in local`) && (text.includes(alert) || over(text)))
    .map((message) => ({ ...message, over: over(message.text) }));
}

describe("alerts, from the fault to the message and back", () => {
  const began = new Map<string, number>();
  const mended = new Map<string, number>();
  afterAll(mendAll);

  const all = (over: boolean) => () =>
    Promise.resolve(
      faults.every((fault) =>
        fault.channels.every((channel) => messagesOf(channel, fault).some((message) => message.over === over)),
      ),
    );
  const report = (over: boolean, since: Map<string, number>) => {
    for (const fault of faults)
      for (const channel of fault.channels) {
        const message = messagesOf(channel, fault).find((each) => each.over === over);
        const took = message ? seconds(message.at - since.get(fault.system)!) : "no message";
        say(`${over ? "over" : "fires"}: ${fault.alert}, ${channel}: ${took}`);
        if (message) say(message.text.slice(0, 600));
      }
  };

  test("each fault is told on each of the alert's channels", async () => {
    for (const { system, make } of faults) {
      began.set(system, Date.now());
      await make();
    }
    await eventually("every fault is told", all(false), 900).finally(() => report(false, began));
  });

  test("the alerts on logs reach Alertmanager, too", async () => {
    const logged = ["pm/PmErrorsLogged", "mued/MuedErrorsLogged"];
    const missing = async () => {
      const alerts = await alertsAtAlertmanager();
      return logged.filter((name) => !alerts.includes(name));
    };
    await eventually("errors in logs are told", async () => (await missing()).length === 0, 120).catch(() => undefined);
    expect(await missing()).toEqual([]);
  });

  test("each fault that is mended is told to be over", async () => {
    for (const { system, mend } of faults) {
      mended.set(system, Date.now());
      await mend();
    }
    await eventually("the end of every fault is told", all(true), 1800).finally(() => report(true, mended));
  });

  test("one fault made one page", () => {
    // PagerDuty takes triggers with the same key as news of one page.
    const triggers = receivers.received.filter(
      ({ path, body }) => path === "/pagerduty" && body.event_action === "trigger",
    );
    const pages = new Map(triggers.map(({ body }) => [body.dedup_key, (body.payload as { summary: string }).summary]));
    const systemsOf = [...pages.values()].map((summary) => /: (\S+) in local/.exec(summary)?.[1]);
    expect(systemsOf.sort()).toEqual(["ai-backend", "mued", "omniops", "pm"]);
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
