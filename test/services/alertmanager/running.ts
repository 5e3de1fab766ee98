/** Alertmanager with the routes of the systems, and receivers of what it sends. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alertingRule } from "../../../components/monitoring/alert-rules";
import { alertmanagerFile } from "../../../components/monitoring/alertmanager-file";
import { keyOf } from "../../../components/monitoring/alert";
import { alertmanagerConfigSpec } from "../../../components/monitoring/routes";
import { allAlerts, routedAlerts } from "../../../components/monitoring/system-rules";
import { systemAlerts } from "../../../systems/alerts";
import { pathOf } from "../../support/alerts/prometheus-programs";
import { freePort } from "../../support/free-port";
import { ServerProcess, type Command } from "../server-process";
import { SmtpSink } from "./smtp-sink";

/** Request that a receiver got. */
export interface Received {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

const file = "alertmanager.yml";
const waits = { "group_wait: 30s": "group_wait: 1s", "group_interval: 5m": "group_interval: 2s" };

export class RunningAlertmanager {
  /** Requests to PagerDuty and Slack, in their order. */
  readonly received: Received[] = [];

  private constructor(
    readonly mails: readonly string[],
    readonly url: string,
    private readonly stops: readonly (() => unknown)[],
  ) {}

  /** Starts Alertmanager for systems, each in a namespace of its name. Groups wait for a second instead of 30. */
  static async start(systems: readonly string[]): Promise<RunningAlertmanager> {
    const directory = mkdtempSync(join(tmpdir(), "runsheet-alertmanager-"));
    const requests = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        running.received.push({ path: request.url!, body: JSON.parse(body) as Received["body"] });
        response.writeHead(request.url === "/pagerduty" ? 202 : 200).end("ok");
      });
    });
    await new Promise<void>((resolve) => requests.listen(0, "127.0.0.1", resolve));
    const web = `http://127.0.0.1:${(requests.address() as AddressInfo).port}`;
    const smtp = await SmtpSink.start();

    writeFileSync(join(directory, "slack"), `${web}/slack`);
    writeFileSync(join(directory, "pagerduty"), "integration-key");
    writeFileSync(join(directory, file), configuration(systems, directory, web, smtp.address));
    const port = await freePort();
    const stops: (() => unknown)[] = [
      () => new Promise((resolve) => requests.close(resolve)),
      () => smtp.stop(),
      () => rmSync(directory, { recursive: true, force: true }),
    ];
    const running = new RunningAlertmanager(smtp.messages, `http://127.0.0.1:${port}`, stops);
    try {
      const alertmanager = await ServerProcess.start("Alertmanager", await command(directory, port), "Listening on");
      stops.unshift(() => alertmanager.stop("SIGTERM"));
    } catch (error) {
      await running.stop();
      throw error;
    }
    return running;
  }

  /** Sends alerts of a system as Prometheus does: they fire, or they are over. */
  async send(system: string, keys: readonly string[], state: "firing" | "over" = "firing"): Promise<void> {
    const declared = systemAlerts[system]!(system);
    const all = allAlerts(declared, { namespace: system, database: "cloudnativepg" });
    const args = { system, namespace: system, runbookBaseUrl: "https://example.com", channels: declared.channels };
    const alerts = keys.map((key) => {
      const { alert, labels, annotations } = alertingRule(
        all.find((each) => keyOf(each) === key)!,
        args,
      );
      const ends = Date.now() + (state === "firing" ? 600_000 : -1000);
      return {
        labels: { ...labels, alertname: alert },
        annotations: { ...annotations, description: `${alert} has its value here.` },
        startsAt: new Date(Date.now() - 60_000).toISOString(),
        endsAt: new Date(ends).toISOString(),
      };
    });
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

function configuration(systems: readonly string[], directory: string, web: string, smarthost: string): string {
  const receivers = {
    pagerduty: { routingKey: { name: "alerting", key: "pagerduty" }, url: `${web}/pagerduty` },
    slack: { webhookUrl: { name: "alerting", key: "slack" }, channel: "#engineering" },
    email: { to: "team@example.com", from: "alerts@example.com", smarthost, requireTls: false },
  };
  const specs = systems.map((system) => {
    const declared = systemAlerts[system]!(system);
    const alerts = routedAlerts(declared, { namespace: system, database: "cloudnativepg" });
    return [system, alertmanagerConfigSpec(alerts, declared.channels, receivers)] as const;
  });
  const text = alertmanagerFile(Object.fromEntries(specs)).replaceAll("/etc/alertmanager/secrets/alerting", directory);
  return Object.entries(waits).reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}
