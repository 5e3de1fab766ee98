/** The Prometheus operator of a cluster: what does not fit the engine is refused before anything is changed. */
import { monitoringSettings } from "../../../components/monitoring/settings";
import { refuseUnfitOperator } from "../../../stack/prometheus-operator";
import * as pulumi from "@pulumi/pulumi";
import { readerOf, uid } from "../../support/cluster-reader";

const definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/prometheuses.monitoring.coreos.com";
const group = "/apis/monitoring.coreos.com";
const title = "the monitoring does not fit the cluster; nothing was changed:\n  - ";

const refused = (settings: object | undefined, objects: Readonly<Record<string, unknown>>) =>
  refuseUnfitOperator({ uid, read: readerOf(objects) }, settings && monitoringSettings.parse(settings)).then(
    () => undefined,
    ({ message }: Error) => message,
  );

const ofHelm = (name: string, namespace: string) => ({
  [definition]: {
    metadata: { annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace } },
  },
});
const resources = (...names: string[]) => ({ resources: names.map((name) => ({ name })) });
const served = {
  [`${group}/v1`]: resources(
    "prometheuses",
    "podmonitors",
    "podmonitors/status",
    "servicemonitors",
    "probes",
    "prometheusrules",
  ),
  "/api/v1/namespaces/monitoring": {},
};

test("without monitoring nothing is asked", async () => {
  const read = () => Promise.reject(new Error("asked"));
  await expect(refuseUnfitOperator({ uid, read }, undefined)).resolves.toBeUndefined();
});

describe("prometheus-operator", () => {
  const settings = { engine: "prometheus-operator" };

  test.each([
    ["there is none", {}],
    ["it is this stack's, or what a removed monitoring left", ofHelm("monitoring-kinds", "runsheet-monitoring")],
  ])("is installed where %s", async (_, objects) => expect(await refused(settings, objects)).toBeUndefined());

  test.each([
    ["with plain manifests", { [definition]: { metadata: {} } }],
    ["with a chart", ofHelm("kube-prometheus-stack", "monitoring")],
  ])("is refused where somebody has installed one %s", async (_, objects) =>
    expect(await refused(settings, objects)).toBe(
      `${title}the cluster has a Prometheus operator that is not this stack's (prometheuses.monitoring.coreos.com), and ` +
        "a cluster has one: set runsheet:monitoring.engine to existing",
    ),
  );

  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const kinds = (...names: string[]) => ({ [definitions]: { items: names.map((name) => ({ metadata: { name } })) } });

  test("is refused where somebody has brought some of its kinds along", async () => {
    const [pods, rules] = ["podmonitors.monitoring.coreos.com", "prometheusrules.monitoring.coreos.com"] as const;
    expect(await refused(settings, kinds(pods, "clusters.postgresql.cnpg.io", rules))).toBe(
      `${title}the kinds ${pods}, ${rules} are not this stack's: set runsheet:monitoring.engine to existing if an operator ` +
        `reads them. If none does, give them to the stack: kubectl label crd ${pods} ${rules} ` +
        `app.kubernetes.io/managed-by=Helm --overwrite && kubectl annotate crd ${pods} ${rules} ` +
        "meta.helm.sh/release-name=monitoring-kinds meta.helm.sh/release-namespace=runsheet-monitoring --overwrite",
    );
  });

  test("is installed beside the kinds of other groups", async () =>
    expect(await refused(settings, kinds("clusters.postgresql.cnpg.io"))).toBeUndefined());

  test("is refused where a monitoring in another namespace has one", async () =>
    expect(await refused({ ...settings, namespace: "watch" }, ofHelm("monitoring-kinds", "runsheet-monitoring"))).toBe(
      `${title}the cluster has the Prometheus operator's definitions of a monitoring in the namespace ` +
        "runsheet-monitoring: set runsheet:monitoring.engine to existing to use it, or, if it was this stack's, " +
        "runsheet:monitoring.namespace to runsheet-monitoring",
    ));
});

describe("existing", () => {
  const settings = { engine: "existing" };
  const wayOut =
    ", and runsheet:monitoring.engine is existing: install the Prometheus operator, or set runsheet:monitoring.engine to " +
    "prometheus-operator";

  test("is used where it has the kinds", async () => expect(await refused(settings, served)).toBeUndefined());

  test("is refused without an operator", async () =>
    expect(await refused(settings, { "/api/v1/namespaces/monitoring": {} })).toBe(
      `${title}the cluster does not have podmonitors.monitoring.coreos.com/v1, servicemonitors.monitoring.coreos.com/v1, ` +
        `probes.monitoring.coreos.com/v1, prometheusrules.monitoring.coreos.com/v1${wayOut}`,
    ));

  test("needs the kind of routes only with receivers", async () => {
    const receivers = { pagerduty: {} };
    expect(await refused({ ...settings, receivers }, served)).toBe(
      `${title}the cluster does not have alertmanagerconfigs.monitoring.coreos.com/v1alpha1${wayOut}`,
    );
    const routed = { ...served, [`${group}/v1alpha1`]: resources("alertmanagerconfigs") };
    expect(await refused({ ...settings, receivers }, routed)).toBeUndefined();
  });

  test("is refused with a namespace of Prometheus that does not exist", async () =>
    expect(await refused({ ...settings, prometheusNamespace: "observability" }, served)).toBe(
      `${title}the namespace observability does not exist, and only from there the exporters are reached: set ` +
        "runsheet:monitoring.prometheusNamespace to that of the cluster's Prometheus",
    ));

  describe("labels that no Prometheus wants", () => {
    const warnings: string[] = [];
    beforeEach(() => {
      warnings.length = 0;
      jest.spyOn(pulumi.log, "warn").mockImplementation((text) => Promise.resolve(void warnings.push(text)));
    });
    afterEach(() => jest.restoreAllMocks());

    const server = (podMonitorSelector?: object) => ({
      metadata: { name: "k8s", namespace: "monitoring" },
      spec: { podMonitorSelector },
    });
    const warned = async (labels: object, ...items: object[]) => {
      const problem = await refused({ ...settings, labels }, { ...served, [`${group}/v1/prometheuses`]: { items } });
      expect(problem).toBeUndefined();
      return warnings;
    };
    const release = { matchLabels: { release: "kube-prometheus-stack" } };

    test("are a warning, with what is wanted", async () =>
      expect(await warned({}, server(release), server())).toEqual([
        "no Prometheus of the cluster selects PodMonitors with runsheet:monitoring.labels {}: nothing would be scraped. What " +
          'they select: monitoring/k8s {"matchLabels":{"release":"kube-prometheus-stack"}}, monitoring/k8s "none"',
      ]));

    test.each<[string, object, object[]]>([
      ["one wants them", { release: "kube-prometheus-stack", team: "a" }, [server(), server(release)]],
      ["one wants all", {}, [server({})]],
      ["there is none, such as with an agent", {}, []],
    ])("are no warning where %s", async (_, labels, items) => expect(await warned(labels, ...items)).toEqual([]));

    test("are not known to an account that may not list them", async () => {
      const reader = readerOf(served);
      const read = <Found>(path: string) =>
        path.endsWith("/prometheuses") ? Promise.reject(new Error("forbidden")) : reader<Found>(path);
      await expect(refuseUnfitOperator({ uid, read }, monitoringSettings.parse(settings))).resolves.toBeUndefined();
      expect(warnings).toEqual([]);
    });
  });
});
