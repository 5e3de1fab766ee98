import * as pulumi from "@pulumi/pulumi";
import { deliver, type Delivery, type MonitoringContents } from "../../../../components/monitoring/contents";
import { collectResources, settled, type Registered } from "../../../support/mocks";

const delivery: Delivery = {
  systems: new Map([["demo", "demo-ns"]]),
  namespace: "watch",
  selected: { selected: "yes" },
  dashboardLabels: { grafana_dashboard: "1" },
};
const nothing: MonitoringContents = { rules: [], routes: [], dashboards: [], logAlerts: [] };

class Parent extends pulumi.ComponentResource {
  constructor(contents: MonitoringContents) {
    super("test:index:Parent", "parent");
    deliver(contents, delivery, { parent: this });
  }
}

async function delivered(contents: Partial<MonitoringContents>): Promise<Registered[]> {
  const resources = collectResources();
  new Parent({ ...nothing, ...contents });
  await settled();
  return resources.filter(({ type }) => type.startsWith("kubernetes:"));
}

test("rules of a system are in its namespace, those of the stack beside Prometheus", async () => {
  const spec = { groups: [{ name: "demo", rules: [{ alert: "Down", expr: "up == 0" }] }] };
  const resources = await delivered({
    rules: [
      { name: "demo", system: "demo", spec },
      { name: "platform", spec },
    ],
  });
  const rule = (name: string, namespace: string) => ({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name, namespace, labels: { selected: "yes" } },
    spec,
  });
  expect(resources.map(({ inputs }) => inputs)).toEqual([rule("demo", "demo-ns"), rule("platform", "watch")]);
});

test("routes have the Secret that their receivers refer to", async () => {
  const spec = { route: { receiver: "slack" }, receivers: [{ name: "slack" }] };
  const secret = { name: "receivers", values: { slack: pulumi.secret("https://hooks.example/x") } };
  const resources = await delivered({ routes: [{ name: "demo", spec, secret }] });
  const [routes] = resources.filter(({ type }) => type.endsWith(":AlertmanagerConfig"));
  expect(routes!.inputs).toEqual({
    apiVersion: "monitoring.coreos.com/v1alpha1",
    kind: "AlertmanagerConfig",
    metadata: { name: "demo", namespace: "watch", labels: { selected: "yes" } },
    spec,
  });
  const [made] = resources.filter(({ type }) => type.endsWith(":Secret"));
  expect(made!.inputs.metadata).toEqual({ name: "receivers", namespace: "watch" });
});

test("a dashboard is a ConfigMap that Grafana's sidecar finds", async () => {
  const data = { "demo.json": '{"title":"Demo"}' };
  const dashboards = [{ name: "demo", system: "demo", data, labels: { folder: "demo" } }];
  const [dashboard] = await delivered({ dashboards });
  expect(dashboard!.inputs).toMatchObject({
    kind: "ConfigMap",
    metadata: { name: "demo", namespace: "demo-ns", labels: { grafana_dashboard: "1", folder: "demo" } },
    data,
  });
});

test("contents of a system that the stack does not have are an error", () => {
  collectResources();
  expect(() => new Parent({ ...nothing, rules: [{ name: "x", system: "gone", spec: { groups: [] } }] })).toThrow(
    "x is for the system gone, which the stack does not have; it has demo",
  );
});
