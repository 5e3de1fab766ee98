/** The collector with the configuration of a stack, on loopback. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { collectorConfiguration } from "../../../components/monitoring/collector-configuration";
import { tool } from "../../../lab/toolchain";
import { programDirectory, startProgram, type Running } from "../victorialogs";

export interface CollectorArgs {
  readonly namespaces: readonly string[];
  /** Directory of the pods' logs. */
  readonly pods: string;
  /** URLs of the stores' OTLP. */
  readonly output: string;
  readonly audit: string;
}

/** Starts the collector with its configuration. There is no API server: a workload is known by its pod's name. */
export async function startCollector({ namespaces, pods, output, audit }: CollectorArgs): Promise<Running> {
  const [directory, built] = [programDirectory("collector"), await tool("otel-collector")];
  const headers = { "VL-Stream-Fields": "system,workload,release,kind" };
  const configuration = collectorConfiguration({
    namespaces: namespaces.map((name) => ({ system: name, namespace: name })),
    destination: { endpoint: output, headers },
    auditDestination: { endpoint: audit, headers },
    pods,
    queue: join(directory, "queue"),
  });
  const file = join(directory, "collector.yaml");
  writeFileSync(file, stringify(withoutCluster(configuration as Configuration), { aliasDuplicateObjects: false }));
  const program = join(built, "otelcol");
  const server = await startProgram("The collector", directory, [program, `--config=${file}`], "Everything is ready");
  return { url: output, stop: server };
}

interface Configuration {
  readonly receivers: Readonly<Record<string, { readonly operators: readonly object[] }>>;
  readonly processors: Readonly<Record<string, object>>;
  readonly extensions: Readonly<Record<string, object>>;
  readonly service: { readonly pipelines: Readonly<Record<string, { readonly processors: readonly string[] }>> };
}

/** Configuration without the ports and the API server of a cluster. */
function withoutCluster({ receivers, processors, extensions, service, ...rest }: Configuration): object {
  const workload = { type: "add", id: "workload", field: "resource.workload", value: 'EXPR(resource["k8s.pod.name"])' };
  return {
    ...rest,
    receivers: mapped(receivers, ({ operators, ...more }) => ({ ...more, operators: [...operators, workload] })),
    processors: { memory_limiter: processors.memory_limiter },
    extensions: { file_storage: extensions.file_storage },
    service: {
      extensions: ["file_storage"],
      pipelines: mapped(service.pipelines, (pipeline) => ({ ...pipeline, processors: ["memory_limiter"] })),
      telemetry: { metrics: { level: "none" } },
    },
  };
}

const mapped = <From, To>(all: Readonly<Record<string, From>>, change: (each: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(all).map(([name, each]) => [name, change(each)]));
