/** Alertmanager with the routes of the systems, and receivers of what it sends. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alertingRule } from "../../../components/monitoring/alert-rules";
import { alertmanagerFile } from "../../../components/monitoring/alertmanager-file";
import { keyOf } from "../../../components/monitoring/alert";
import { alertmanagerConfigSpec } from "../../../components/monitoring/routes";
import { allAlerts, routedAlerts } from "../../../components/monitoring/system-rules";
import { systemAlerts } from "../../../systems/alerts";
import { pathOf } from "../../support/alerts/prometheus-programs";
import { AlertReceivers } from "../../support/alerts/receivers";
import { freePort } from "../../support/free-port";
import { ServerProcess, type Command } from "../server-process";

type State = "firing" | "over";
type Labels = Readonly<Record<string, string>>;

const file = "alertmanager.yml";
/** Waits of the routes, those for notes too: what is muted would otherwise not have been sent in a test's time anyway. */
const waits = {
  "group_wait: 30s": "group_wait: 1s",
  "group_wait: 5m": "group_wait: 1s",
  "group_interval: 5m": "group_interval: 2s",
  "group_interval: 30m": "group_interval: 2s",
};

export class RunningAlertmanager {
  private constructor(
    readonly receivers: AlertReceivers,
    readonly url: string,
    private readonly stops: readonly (() => unknown)[],
  ) {}

  /** Starts Alertmanager for systems, each in a namespace of its name. Groups wait for a second instead of 30. */
  static async start(systems: readonly string[]): Promise<RunningAlertmanager> {
    const directory = mkdtempSync(join(tmpdir(), "runsheet-alertmanager-"));
    const receivers = await AlertReceivers.start("127.0.0.1");

    writeFileSync(join(directory, "slack"), `${receivers.url}/slack`);
    writeFileSync(join(directory, "pagerduty"), "integration-key");
    writeFileSync(join(directory, file), configuration(systems, directory, receivers));
    const port = await freePort();
    const stops: (() => unknown)[] = [receivers.stop, () => rmSync(directory, { recursive: true, force: true })];
    const running = new RunningAlertmanager(receivers, `http://127.0.0.1:${port}`, stops);
    try {
      const alertmanager = await ServerProcess.start("Alertmanager", await command(directory, port), "Listening on");
      stops.unshift(() => alertmanager.stop("SIGTERM"));
    } catch (error) {
      await running.stop();
      throw error;
    }
    return running;
  }

  /**
   * Sends alerts of a system as Prometheus does: they fire, or they are over.
   * @param series labels that they keep of their series. Default: none
   */
  async send(system: string, keys: readonly string[], state: State = "firing", series: Labels = {}): Promise<void> {
    const declared = systemAlerts[system]!(system);
    const all = allAlerts(declared, { namespace: system, database: "cloudnativepg" });
    const args = { system, namespace: system, runbookBaseUrl: "https://example.com", channels: declared.channels };
    const alerts = keys.map((key) => {
      const { alert, labels, annotations } = alertingRule(
        all.find((each) => keyOf(each) === key)!,
        args,
      );
      // An alert that is older than the wait of its group is sent at once, maybe before it is known what mutes it.
      const [starts, ends] = state === "firing" ? [0, 600_000] : [-60_000, -1000];
      const time = (offset: number) => new Date(Date.now() + offset).toISOString();
      return {
        labels: { ...series, ...labels, alertname: alert },
        annotations: { ...annotations, description: `${alert} has its value here.` },
        startsAt: time(starts),
        endsAt: time(ends),
      };
    });
    await this.post(alerts);
  }

  /** Sends alerts as they are. */
  async post(alerts: readonly object[]): Promise<void> {
    const response = await fetch(`${this.url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`);
  }

  async stop(): Promise<void> {
    for (const stop of this.stops) await stop();
  }
}

/** Debian's Alertmanager reads its templates from /usr/share, which is the package's for this process alone. */
async function command(directory: string, port: number): Promise<Command> {
  return [
    ...(["setpriv", "--pdeathsig", "TERM", "unshare", "--mount"] as const),
    ...["sh", "-c", 'mount --bind "$0" /usr/share && exec "$@"', await pathOf("share")],
    await pathOf("bin/prometheus-alertmanager"),
    `--config.file=${join(directory, file)}`,
    `--storage.path=${join(directory, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
  ];
}

function configuration(systems: readonly string[], directory: string, { url, smarthost }: AlertReceivers): string {
  const receivers = {
    pagerduty: { routingKey: { name: "alerting", key: "pagerduty" }, url: `${url}/pagerduty` },
    slack: { webhookUrl: { name: "alerting", key: "slack" }, channel: "#engineering" },
    email: { to: "team@example.com", from: "alerts@example.com", smarthost, requireTls: false },
  };
  const specs = systems.map((system) => {
    const declared = systemAlerts[system]!(system);
    const alerts = routedAlerts(declared, { namespace: system, database: "cloudnativepg" });
    return [
      system,
      alertmanagerConfigSpec(alerts, declared.channels, receivers, { namespace: system, stack: "production" }),
    ] as const;
  });
  const text = alertmanagerFile(Object.fromEntries(specs)).replaceAll("/etc/alertmanager/secrets/alerting", directory);
  return Object.entries(waits).reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}
