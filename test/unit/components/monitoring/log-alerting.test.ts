/** Places in which the alerts on logs are evaluated, by the store of logs. */
import * as pulumi from "@pulumi/pulumi";
import { logAlert, type LogAlert } from "../../../../components/monitoring/log-alert";
import { lokiRules, vmalertRules } from "../../../../components/monitoring/log-rules";
import { collectLogs } from "../../../../components/monitoring/logs";
import { monitoringSettings } from "../../../../components/monitoring/settings";
import { collectResources, settled, type Registered } from "../../../support/mocks";

const lines = { level: "error" } as const;
const errors = logAlert({
  ...{ name: "DemoErrorsLogged", lines, moreThan: 20, minutes: 5, for: "1m", severity: "warning" },
  ...{ summary: "Many errors.", heading: "Logs" },
});
const ofSecurity = { ...errors, name: "DemoSecurity", lines: { ...lines, kind: "security" } };
const channels = { critical: [], warning: [], info: [] };
const ofDemo = (...alerts: readonly LogAlert[]) => [{ alerts, args: { system: "demo", namespace: "demo", channels } }];

class Parent extends pulumi.ComponentResource {
  constructor(settings: object, alerts: readonly LogAlert[]) {
    super("test:index:Parent", "parent");
    const args = { namespace: pulumi.output("watch"), nodes: () => pulumi.output("watch-nodes"), selected: {} };
    const parsed = monitoringSettings.parse({ namespace: "watch", ...settings });
    collectLogs({ ...args, settings: parsed, namespaces: [], alerts: ofDemo(...alerts), stack: "staging" }, this);
  }
}

async function logs(settings: object, ...alerts: readonly LogAlert[]) {
  const resources = collectResources();
  new Parent(settings, alerts);
  await settled();
  return resources;
}

const kindOf = ({ type }: Registered) => type.split(":").at(-1)!;
const inputsOf = (resources: readonly Registered[], kind: string, name: string) =>
  resources.find((each) => kindOf(each) === kind && each.name === name)!.inputs;
const named = (resources: readonly Registered[], part: RegExp) =>
  resources.filter(({ name, type }) => part.test(name) && type.startsWith("kubernetes:")).map(({ name }) => name);

const loki = { store: "loki", endpoint: "http://loki.logs:3100/otlp" };

test("a vmalert beside each store that alerts are on tells every Alertmanager", async () => {
  const settings = { engine: "prometheus-operator", alertmanager: { replicas: 2 }, images: { vmalert: "example/v:1" } };
  const resources = await logs(settings, errors, ofSecurity);
  const podOf = (name: string) =>
    (inputsOf(resources, "Deployment", name) as { spec: { template: { spec: object } } }).spec.template.spec;
  const args = (store: string) => [
    "-rule=/runsheet/rules.yaml",
    `-datasource.url=http://${store}.watch.svc:9428`,
    "-notifier.url=http://alertmanager-runsheet-0.alertmanager-operated.watch.svc:9093",
    "-notifier.url=http://alertmanager-runsheet-1.alertmanager-operated.watch.svc:9093",
    "-external.label=stack=staging",
    "-disableAlertgroupLabel",
    "-evaluationInterval=30s",
    "-httpListenAddr=:8880",
  ];
  expect(podOf("vmalert-output")).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        image: "example/v:1",
        args: args("victorialogs"),
        readinessProbe: { httpGet: { path: "/health", port: "metrics" } },
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
      },
    ],
  });
  expect(podOf("vmalert-audit")).toMatchObject({ containers: [{ args: args("victorialogs-audit") }] });
  const rulesOf = (name: string) => (inputsOf(resources, "ConfigMap", name) as { data: Record<string, string> }).data;
  expect(rulesOf("vmalert-output-files")).toEqual({ "rules.yaml": vmalertRules(ofDemo(errors), "output") });
  expect(rulesOf("vmalert-audit-files")).toEqual({ "rules.yaml": vmalertRules(ofDemo(ofSecurity), "audit") });
});

test("a store without alerts on it has no vmalert", async () => {
  const resources = await logs({ engine: "prometheus-operator" }, errors);
  expect(named(resources, /vmalert/)).toEqual(["vmalert-output-files", "vmalert-output"]);
});

test("a store that exists gets the alerts as rules for Loki, and no vmalert", async () => {
  const found = { labels: { rules: "yes" }, annotations: { "k8s-sidecar-target-directory": "/rules/fake" } };
  const resources = await logs({ engine: "existing", logs: { ...loki, lokiRules: found } }, errors, ofSecurity);
  expect(inputsOf(resources, "ConfigMap", "log-alerts")).toMatchObject({
    metadata: { name: "log-alerts", namespace: "watch", ...found },
    data: { "watch.yaml": lokiRules(ofDemo(errors, ofSecurity)) },
  });
  expect(named(resources, /vmalert/)).toEqual([]);
});

test("Loki's sidecar finds the rules by its usual label", async () => {
  const resources = await logs({ engine: "prometheus-operator", logs: loki }, errors);
  expect(inputsOf(resources, "ConfigMap", "log-alerts").metadata).toEqual({
    ...{ name: "log-alerts", namespace: "watch" },
    ...{ labels: { loki_rule: "1" }, annotations: {} },
  });
});

test("without alerts Loki has no rules, and without a store nobody has", async () => {
  expect(named(await logs({ engine: "existing", logs: loki }), /alerts/)).toEqual([]);
  expect(named(await logs({ engine: "existing" }, errors), /./)).toEqual([]);
});

test("another store that takes OTLP is given no rules for Loki", async () => {
  const resources = await logs({ engine: "existing", logs: { ...loki, store: "otlp" } }, errors, ofSecurity);
  expect(named(resources, /^log-alerts$/)).toEqual([]);
  expect(named(resources, /^log-collector$/)).not.toEqual([]);
});
