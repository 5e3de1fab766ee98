/** Configuration of the OpenTelemetry Collector: from the files of the nodes to a store that takes OTLP. */

import { logContainer } from "../kubernetes/log-containers";
import { auditKinds } from "./log-kinds";

/** A namespace whose pods' logs are collected. */
export interface LoggedNamespace {
  readonly system: string;
  readonly namespace: string;
}

/** Store of logs. */
export interface LogDestination {
  /** URL of its OTLP, to which `/v1/logs` is added. */
  readonly endpoint: string;
  /** Headers of every request. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the variable LOGS_AUTHORIZATION as the header Authorization. Default: false. */
  readonly authorized?: boolean;
}

export interface CollectorConfigurationArgs {
  readonly namespaces: readonly LoggedNamespace[];
  readonly destination: LogDestination;
  /** Store of the kinds `audit` and `security`. */
  readonly auditDestination: LogDestination;
  /** Directory of the pods' logs. */
  readonly pods: string;
  /** Directory of the queue, and of how far each file was read. */
  readonly queue: string;
}

/** Port of the collector's health. */
export const healthPort = 13133;

/** Port of the collector's own metrics. */
export const metricsPort = 8888;

/** Variable with the value of the header Authorization. */
export const authorizationVariable = "LOGS_AUTHORIZATION";

/** Labels of pods that become attributes of their logs. Of a task, `workload` is the task's name. */
const attributes = {
  release: "app.kubernetes.io/version",
  workload: "app.kubernetes.io/name",
};

/** Returns the configuration. */
export function collectorConfiguration(args: CollectorConfigurationArgs): object {
  const { namespaces, destination, auditDestination, pods, queue } = args;
  const audits = (namespace: string) => auditKinds.map((kind) => `${pods}/${namespace}_*/${logContainer}${kind}/*.log`);
  const receivers = Object.fromEntries(
    namespaces.flatMap(({ system, namespace }) => [
      [`file_log/${system}`, receiver(system, [`${pods}/${namespace}_*/*/*.log`], audits(namespace))],
      [`file_log/${system}-audit`, receiver(system, audits(namespace), [])],
    ]),
  );
  const names = Object.keys(receivers);
  const isAudit = (name: string) => name.endsWith("-audit");
  return {
    receivers,
    processors: { memory_limiter: { check_interval: "1s", limit_mib: 200 }, k8s_attributes: podAttributes },
    exporters: { "otlp_http/output": exporter(destination), "otlp_http/audit": exporter(auditDestination) },
    extensions: {
      file_storage: { directory: queue, create_directory: true },
      health_check: { endpoint: `0.0.0.0:${healthPort}` },
    },
    service: {
      extensions: ["file_storage", "health_check"],
      pipelines: {
        "logs/output": pipeline(
          names.filter((name) => !isAudit(name)),
          "otlp_http/output",
        ),
        "logs/audit": pipeline(names.filter(isAudit), "otlp_http/audit"),
      },
      telemetry: {
        metrics: {
          readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: metricsPort } } } }],
        },
      },
    },
  };
}

const pipeline = (receivers: readonly string[], exporter: string) => ({
  receivers,
  processors: ["memory_limiter", "k8s_attributes"],
  exporters: [exporter],
});

const podAttributes = {
  auth_type: "serviceAccount",
  filter: { node_from_env_var: "NODE_NAME" },
  pod_association: [{ sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] }],
  extract: {
    metadata: ["k8s.node.name", "k8s.job.name"],
    labels: Object.entries(attributes).map(([tag_name, key]) => ({ tag_name, key, from: "pod" })),
  },
};

/** The kubelet's files of a container: it writes a line for each of the container's, and rotates them. */
const receiver = (system: string, include: readonly string[], exclude: readonly string[]) => ({
  include,
  exclude,
  start_at: "beginning",
  include_file_name: false,
  include_file_path: true,
  // How far each file was read is kept, and no further than the queue has taken it.
  storage: "file_storage",
  retry_on_failure: { enabled: true },
  resource: { system },
  operators: [
    // Joins lines that the kubelet has split, and finds namespace, pod and container in the path.
    { type: "container", id: "container" },
    { type: "add", id: "kind", field: "resource.kind", value: kindOf },
    // Under a name of their own: the line's fields may have the names of the pod's attributes, and VictoriaLogs ends at one
    // that is there twice.
    {
      ...{ type: "json_parser", id: "fields", if: 'body startsWith "{"' },
      // A line that is no JSON after all stays as it is.
      ...{ parse_from: "body", parse_to: "attributes.fields", on_error: "send_quiet" },
    },
    // The severity of a line without the field `level` is in its words.
    {
      ...{ type: "regex_parser", id: "words", if: "attributes.fields?.level == nil" },
      ...{ parse_from: "body", parse_to: "attributes.words", regex: severityWords, on_error: "send_quiet" },
    },
    severity("fields"),
    severity("words"),
    { type: "remove", id: "no_words", if: "attributes.words != nil", field: "attributes.words" },
  ],
});

const severity = (of: "fields" | "words") => ({
  ...{ type: "severity_parser", id: `severity_of_${of}`, if: `attributes.${of}?.level != nil` },
  ...{ parse_from: `attributes.${of}.level`, mapping: severities, overwrite_text: true, on_error: "send_quiet" },
});

/** Words as loggers write them: of Python and Java, and `Error:` of JavaScript. */
const severityWords =
  "(?P<level>\\b(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\\b|(?:[Ww]arning|[Ee]rror):)";

/** Severities that the parser does not know by itself. The numbers are pino's, which the parser takes for others. */
const severities = {
  trace: [10],
  debug: [20],
  info: [30],
  warn: [40, "warning:"],
  error: [50, "error:"],
  fatal: [60, "critical"],
};

const container = 'resource["k8s.container.name"]';
const kindOf = `EXPR(${container} startsWith "${logContainer}" ? ${container}[${logContainer.length}:] : "output")`;

/**
 * The queue is on the node's disk, waits without end for a store that is away, and stops reading when it is full: the
 * logs then stay in the kubelet's files.
 */
const exporter = ({ endpoint, headers = {}, authorized = false }: LogDestination) => ({
  endpoint: escaped(endpoint),
  headers: {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, escaped(value)])),
    ...(authorized && { Authorization: `\${env:${authorizationVariable}}` }),
  },
  retry_on_failure: { enabled: true, max_elapsed_time: 0 },
  sending_queue: {
    ...{ enabled: true, storage: "file_storage", block_on_overflow: true },
    // Bytes of the logs as they are sent: an hour of a system that writes 50 KB a second.
    ...{ sizer: "bytes", queue_size: 200_000_000 },
    batch: { sizer: "bytes", flush_timeout: "1s", min_size: 100_000, max_size: 2_000_000 },
  },
});

/** The collector replaces what begins with a $ in its configuration. */
const escaped = (text: string) => text.replaceAll("$", "$$$$");
