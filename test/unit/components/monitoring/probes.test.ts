import { parse } from "yaml";
import type { MonitoredSystem } from "../../../../components/monitoring/monitored";
import { Probes } from "../../../../components/monitoring/probes";
import { collectResources, settled, type Registered } from "../../../support/mocks";

const demo: MonitoredSystem = {
  name: "demo",
  namespace: "demo",
  workloads: [],
  database: { cluster: "demo-postgresql" },
  redis: undefined,
  addresses: [{ url: "https://demo.example/health", success: true }],
};

async function probes(...systems: MonitoredSystem[]): Promise<Registered[]> {
  const resources = collectResources();
  const common = { namespace: "watch", image: "example/blackbox:1", prometheusNamespace: "monitoring" };
  new Probes({ ...common, systems, selected: { a: "b" }, scrapeInterval: "30s" });
  await settled();
  return resources.filter(({ type }) => type.startsWith("kubernetes:"));
}

const ofKind = (resources: readonly Registered[], kind: string) =>
  resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);

test("nothing is made if users reach nothing", async () => {
  expect(await probes({ ...demo, addresses: [] })).toEqual([]);
});

test("an address is asked through one exporter, with its system and namespace", async () => {
  const resources = await probes(demo);
  expect(ofKind(resources, "Probe")).toEqual([
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Probe",
      metadata: { name: "demo", namespace: "watch", labels: { a: "b" } },
      spec: {
        jobName: "blackbox",
        interval: "30s",
        module: "http_success",
        prober: { url: "blackbox-exporter.watch.svc:9115" },
        targets: {
          staticConfig: { static: ["https://demo.example/health"], labels: { system: "demo", namespace: "demo" } },
        },
      },
    },
  ]);
  expect(ofKind(resources, "Service")).toMatchObject([{ metadata: { name: "blackbox-exporter", namespace: "watch" } }]);
});

test("nobody but Prometheus reaches the exporter, which asks whatever it is told to", async () =>
  expect(ofKind(await probes(demo), "NetworkPolicy")).toMatchObject([
    {
      metadata: { name: "blackbox-exporter-scrapes", namespace: "watch" },
      spec: {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "blackbox-exporter" } },
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
            ports: [{ port: "metrics", protocol: "TCP" }],
          },
        ],
      },
    },
  ]));

test("where an address need not succeed, any answer of the application counts", async () => {
  const resources = await probes({ ...demo, addresses: [{ url: "https://demo.example/", success: false }] });
  expect(ofKind(resources, "Probe")).toMatchObject([
    { metadata: { name: "demo-answers" }, spec: { module: "http_answers" } },
  ]);
  const [{ data }] = ofKind(resources, "ConfigMap") as [{ data: Record<string, string> }];
  const { modules } = parse(data["blackbox.yml"]!) as { modules: Record<string, { http: object }> };
  expect(modules.http_answers!.http).toEqual({
    preferred_ip_protocol: "ip4",
    valid_status_codes: [200, 204, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 422, 429],
    follow_redirects: false,
  });
  expect(modules.http_success!.http).toEqual({ preferred_ip_protocol: "ip4", follow_redirects: false });
});

test("an authority of a system's own is trusted for that system alone", async () => {
  const other = { ...demo, name: "other", addresses: [{ url: "https://other.example", success: true }] };
  const resources = await probes({ ...demo, publicCa: "-----BEGIN CERTIFICATE-----" }, other);
  const modules = ofKind(resources, "Probe").map(({ spec }) => (spec as { module: string }).module);
  expect(modules).toEqual(["http_success_demo", "http_success"]);
  const [{ data }] = ofKind(resources, "ConfigMap") as [{ data: Record<string, string> }];
  expect(data["demo.crt"]).toBe("-----BEGIN CERTIFICATE-----");
  expect(parse(data["blackbox.yml"]!)).toMatchObject({
    modules: { http_success_demo: { http: { tls_config: { ca_file: "/runsheet/demo.crt" } } } },
  });
});
