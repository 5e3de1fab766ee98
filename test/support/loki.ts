/** Real Loki 3 with its ruler, on a port of the loopback address. The first test builds it, which takes five minutes. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { lokiRules } from "../../components/monitoring/log-rules";
import { tool } from "../../lab/toolchain";
import { evaluationsAt, type StartStore } from "../services/log-alerts/scene";
import { programDirectory, startProgram } from "../services/victorialogs";
import { freePort } from "./free-port";

/** Starts Loki without a configuration of its OTLP. Its ruler finds the rules with `evaluate`, as a sidecar would put them. */
export const startLoki: StartStore = async (alerts, alertmanager, quick) => {
  const [directory, port, internal, built] = [
    programDirectory("loki"),
    await freePort(),
    await freePort(),
    await tool("loki"),
  ];
  const rules = join(directory, "rules", "fake");
  mkdirSync(rules, { recursive: true });
  const file = join(directory, "loki.yaml");
  writeFileSync(file, stringify(configuration(directory, port, internal, alertmanager)));
  const stop = await startProgram("Loki", directory, [join(built, "loki"), `-config.file=${file}`], "Loki started");
  const url = `http://127.0.0.1:${port}`;
  await ready(url);
  return {
    output: `${url}/otlp`,
    audit: `${url}/otlp`,
    stored: () => linesIn(url),
    evaluate: () => Promise.resolve(writeFileSync(join(rules, "rules.yaml"), quick(lokiRules(alerts)!))),
    evaluations: async () => {
      const times = await evaluationsAt(`${url}/prometheus/api/v1/rules`).catch(() => []);
      // Before the ruler has read the rules there are no groups.
      return times.length > 0 ? times : ["1970-01-01T00:00:00Z"];
    },
    stop,
  };
};

function configuration(directory: string, port: number, internal: number, alertmanager: string): object {
  const address = "127.0.0.1";
  const filesystem = { chunks_directory: join(directory, "chunks"), rules_directory: join(directory, "unused") };
  const index = { prefix: "index_", period: "24h" };
  return {
    auth_enabled: false,
    server: {
      ...{ http_listen_address: address, http_listen_port: port },
      ...{ grpc_listen_address: address, grpc_listen_port: internal },
    },
    common: {
      path_prefix: directory,
      replication_factor: 1,
      ring: { instance_addr: address, kvstore: { store: "inmemory" } },
      storage: { filesystem },
    },
    // Otherwise Loki finds an address of another interface.
    frontend: { address },
    schema_config: {
      configs: [{ from: "2024-01-01", store: "tsdb", object_store: "filesystem", schema: "v13", index }],
    },
    ruler: {
      storage: { type: "local", local: { directory: join(directory, "rules") } },
      rule_path: join(directory, "read"),
      wal: { dir: join(directory, "ruler-wal") },
      ...{ evaluation_interval: "1s", poll_interval: "1s", alertmanager_url: alertmanager },
    },
    analytics: { reporting_enabled: false },
  };
}

/** Waits until Loki says that it is ready, which takes 15 s, or for a minute. */
async function ready(url: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200))
    if ((await fetch(`${url}/ready`)).ok) return;
}

async function linesIn(url: string): Promise<number> {
  const query = 'sum(count_over_time({k8s_namespace_name=~".+"}[1h]))';
  const response = await fetch(`${url}/loki/api/v1/query?query=${encodeURIComponent(query)}`, {
    signal: AbortSignal.timeout(5000),
  });
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}
