/** The golden files of the stack local with monitoring, for two of its systems. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { expectGoldenStack } from "../support/golden-stack";
import { writeOperatorManifest } from "../support/operator-manifest";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const before = process.env.XDG_CACHE_HOME;
const cache = mkdtempSync(join(tmpdir(), "runsheet-golden-monitoring-"));

beforeAll(() => {
  process.env.XDG_CACHE_HOME = cache;
  writeOperatorManifest(join(cache, "runsheet", "manifests"));
});
afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(cache, { recursive: true });
});

const systems = ["pm", "ai-backend"];

/** The lab's images. */
const images = {
  operator: "runsheet.lab/prometheus-operator:0.85.0",
  configReloader: "runsheet.lab/prometheus-config-reloader:0.85.0",
  prometheus: "runsheet.lab/prometheus:2.53.3",
  alertmanager: "runsheet.lab/alertmanager:0.28.1",
  kubeStateMetrics: "runsheet.lab/kube-state-metrics-stand-in:1",
  nodeExporter: "runsheet.lab/node-exporter:1.9.0",
  victoriaLogs: "runsheet.lab/victoria-logs:1.52.1",
  vmalert: "runsheet.lab/vmalert:1.148.9",
  postgresExporter: "runsheet.lab/postgres-exporter:0.17.1",
  redisExporter: "runsheet.lab/redis-exporter:1.69.0",
  blackboxExporter: "runsheet.lab/blackbox-exporter:0.26.0",
  collector: "runsheet.lab/otel-collector:0.165.0",
};

test("the stack registers what its golden files say", () => {
  const changes = {
    "runsheet:systems": systems,
    "runsheet:monitoring": { engine: "prometheus-operator", images },
    "pm:publicUrl": "https://pm.example",
    "ai-backend:publicUrl": "https://ai.example",
  };
  return expectGoldenStack("local", changes, {}, { directory: "monitoring", systems });
});
