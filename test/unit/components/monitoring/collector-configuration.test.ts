import {
  collectorConfiguration,
  type CollectorConfigurationArgs,
} from "../../../../components/monitoring/collector-configuration";

interface Exporter {
  readonly endpoint: string;
  readonly headers: Record<string, string>;
  readonly sending_queue: Record<string, unknown>;
  readonly retry_on_failure: object;
}
interface Configuration {
  readonly receivers: Record<
    string,
    { include: string[]; exclude: string[]; storage: string; resource: object; operators: object[] }
  >;
  readonly processors: { readonly k8s_attributes: object };
  readonly exporters: Record<string, Exporter>;
  readonly service: { readonly pipelines: Record<string, { receivers: string[]; exporters: string[] }> };
}

const store = { endpoint: "http://logs:9428/insert/opentelemetry" };
const configuration = (changes: Partial<CollectorConfigurationArgs> = {}) =>
  collectorConfiguration({
    namespaces: [{ system: "demo", namespace: "staging-demo" }],
    destination: store,
    auditDestination: { endpoint: "http://audit:9428/insert/opentelemetry" },
    pods: "/var/log/pods",
    queue: "/queue",
    ...changes,
  }) as Configuration;

test("each pod of a system's namespace is read once: audits by their own receiver", () => {
  const { receivers, service } = configuration();
  const audits = ["/var/log/pods/staging-demo_*/log-audit/*.log", "/var/log/pods/staging-demo_*/log-security/*.log"];
  const places = Object.entries(receivers).map(([name, { include, exclude, resource }]) => [
    name,
    include,
    exclude,
    resource,
  ]);
  expect(places).toEqual([
    ["file_log/demo", ["/var/log/pods/staging-demo_*/*/*.log"], audits, { system: "demo" }],
    ["file_log/demo-audit", audits, [], { system: "demo" }],
  ]);
  expect(service.pipelines).toEqual({
    "logs/output": {
      receivers: ["file_log/demo"],
      processors: ["memory_limiter", "k8s_attributes"],
      exporters: ["otlp_http/output"],
    },
    "logs/audit": {
      receivers: ["file_log/demo-audit"],
      processors: ["memory_limiter", "k8s_attributes"],
      exporters: ["otlp_http/audit"],
    },
  });
});

test("the kind of a log is in the name of the container that copies it", () => {
  const [parser, kind] = configuration().receivers["file_log/demo"]!.operators;
  expect(parser).toEqual({ type: "container", id: "container" });
  expect(kind).toEqual({
    type: "add",
    id: "kind",
    field: "resource.kind",
    value: 'EXPR(resource["k8s.container.name"] startsWith "log-" ? resource["k8s.container.name"][4:] : "output")',
  });
});

test("fields of a line have a name of their own, apart from the attributes", () => {
  const [, , fields] = configuration().receivers["file_log/demo"]!.operators;
  expect(fields).toEqual({
    ...{ type: "json_parser", id: "fields", if: 'body startsWith "{"' },
    ...{ parse_from: "body", parse_to: "attributes.fields", on_error: "send_quiet" },
  });
});

test("the severity is in the field level, or in the words of the line", () => {
  const [words, ...severity] = configuration().receivers["file_log/demo"]!.operators.slice(3);
  expect(words).toEqual({
    ...{ type: "regex_parser", id: "words", if: "attributes.fields?.level == nil" },
    ...{ parse_from: "body", parse_to: "attributes.words", on_error: "send_quiet" },
    regex: "(?P<level>\\b(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\\b|(?:[Ww]arning|[Ee]rror):)",
  });
  const severityOf = (of: string) => ({
    ...{ type: "severity_parser", id: `severity_of_${of}`, if: `attributes.${of}?.level != nil` },
    ...{ parse_from: `attributes.${of}.level`, overwrite_text: true, on_error: "send_quiet" },
    mapping: {
      trace: [10],
      debug: [20],
      info: [30],
      warn: [40, "warning:"],
      error: [50, "error:"],
      fatal: [60, "critical"],
    },
  });
  expect(severity).toEqual([
    severityOf("fields"),
    severityOf("words"),
    { type: "remove", id: "no_words", if: "attributes.words != nil", field: "attributes.words" },
  ]);
});

test("release and workload are labels of the pod", () => {
  expect(configuration().processors.k8s_attributes).toEqual({
    auth_type: "serviceAccount",
    filter: { node_from_env_var: "NODE_NAME" },
    pod_association: [{ sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] }],
    extract: {
      metadata: ["k8s.node.name", "k8s.job.name"],
      labels: [
        { tag_name: "release", key: "app.kubernetes.io/version", from: "pod" },
        { tag_name: "workload", key: "app.kubernetes.io/name", from: "pod" },
      ],
    },
  });
});

test("what a store does not take waits on disk; a full queue stops the reading", () => {
  const { exporters, receivers } = configuration();
  const { sending_queue, retry_on_failure } = exporters["otlp_http/output"]!;
  expect(sending_queue).toMatchObject({ storage: "file_storage", block_on_overflow: true, queue_size: 200_000_000 });
  expect(retry_on_failure).toEqual({ enabled: true, max_elapsed_time: 0 });
  expect(receivers["file_log/demo"]!.storage).toBe("file_storage");
});

test("the token is in the environment alone, and a $ in a value stays one", () => {
  const destination = { ...store, headers: { "X-Scope": "a$b" }, authorized: true };
  const { exporters } = configuration({ destination });
  expect(exporters["otlp_http/output"]!.headers).toEqual({
    "X-Scope": "a$$b",
    Authorization: "${env:LOGS_AUTHORIZATION}",
  });
  expect(exporters["otlp_http/audit"]).toMatchObject({
    endpoint: "http://audit:9428/insert/opentelemetry",
    headers: {},
  });
});
