/** VictoriaLogs, one for audits and one for everything else, each with its vmalert. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { vmalertFlags } from "../../../components/monitoring/log-alerting";
import { vmalertRules } from "../../../components/monitoring/log-rules";
import { tool } from "../../../lab/toolchain";
import { freePort } from "../../support/free-port";
import { programDirectory, startProgram, startVictoriaLogs, type Running } from "../victorialogs";
import { evaluationsAt, type StartStore } from "./scene";

/** Starts both stores. Each vmalert starts with `evaluate`. */
export const startVictoriaLogsWithAlerts: StartStore = async (alerts, alertmanager, quick) => {
  const [output, audit] = await Promise.all([startVictoriaLogs(), startVictoriaLogs()]);
  const vmalerts: Running[] = [];
  const evaluate = async (holds: "output" | "audit", { url }: Running) =>
    vmalerts.push(await startVmalert(quick(vmalertRules(alerts, holds)!), url, alertmanager));
  return {
    output: otlpOf(output),
    audit: otlpOf(audit),
    stored: async () => (await linesIn(output)) + (await linesIn(audit)),
    evaluate: () => Promise.all([evaluate("output", output), evaluate("audit", audit)]),
    evaluations: async () =>
      (await Promise.all(vmalerts.map(({ url }) => evaluationsAt(`${url}/api/v1/rules`)))).flat(),
    stop: () => Promise.all([...vmalerts, output, audit].map((each) => each.stop())),
  };
};

const otlpOf = ({ url }: Running) => `${url}/insert/opentelemetry`;

/** Starts vmalert, which evaluates the rules once a second instead of twice a minute. */
export async function startVmalert(rules: string, store: string, alertmanager: string): Promise<Running> {
  const [directory, port, built] = [programDirectory("vmalert"), await freePort(), await tool("vmalert")];
  const file = join(directory, "rules.yaml");
  writeFileSync(file, rules);
  const flags = vmalertFlags({ rules: file, store, alertmanagers: [alertmanager], port, stack: "staging" });
  const faster = ["-evaluationInterval=1s", "-rule.evalDelay=0s"];
  const local = flags.map((flag) => flag.replace("Addr=:", "Addr=127.0.0.1:"));
  const program = join(built, "vmalert");
  const server = await startProgram("vmalert", directory, [program, ...local, ...faster], "started server at");
  return { url: `http://127.0.0.1:${port}`, stop: server };
}

async function linesIn({ url }: Running): Promise<number> {
  const response = await fetch(`${url}/select/logsql/query?query=${encodeURIComponent("* | stats count() lines")}`);
  return Number((JSON.parse(await response.text()) as { lines: string }).lines);
}
