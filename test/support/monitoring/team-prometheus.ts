/** The Prometheus operator, a Prometheus and an Alertmanager as a cluster has them that a team runs without Runsheet. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepared, PrometheusOperator } from "../../../components/monitoring/operator";
import { cache } from "../../../lab/paths";
import { kubectl } from "../cluster";
import { labImages } from "./settings";

/** Namespace of the team's monitoring: the default of `prometheusNamespace`. */
export const teamNamespace = "monitoring";
/** Label that both select, as the Helm chart kube-prometheus-stack has it. */
export const teamLabels = { release: "kube-prometheus-stack" };

const name = "team";
const metadata = { name, namespace: teamNamespace };
const selector = { matchLabels: teamLabels };
const rights = [
  { apiGroups: [""], resources: ["services", "endpoints", "pods"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
];

/** A minute is long for a test: the stack leaves the interval to the cluster. */
const interval = "10s";
const small = { replicas: 1, resources: { requests: { cpu: "10m", memory: "64Mi" } } };

/** Objects that a team makes itself. They take what has the team's label, in all namespaces. */
const objects = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules: rights },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name, namespace: teamNamespace }],
  },
  {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Prometheus",
    metadata,
    spec: {
      ...small,
      image: labImages.prometheus,
      version: "v2.53.3",
      serviceAccountName: name,
      scrapeInterval: interval,
      evaluationInterval: interval,
      ...Object.fromEntries(
        ["podMonitor", "serviceMonitor", "probe", "rule"].flatMap((kind) => [
          [`${kind}Selector`, selector],
          [`${kind}NamespaceSelector`, {}],
        ]),
      ),
      alerting: { alertmanagers: [{ namespace: teamNamespace, name: "alertmanager-operated", port: "web" }] },
    },
  },
  {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Alertmanager",
    metadata,
    spec: {
      ...small,
      image: labImages.alertmanager,
      version: "v0.28.1",
      alertmanagerConfigSelector: selector,
      alertmanagerConfigNamespaceSelector: {},
    },
  },
];

/** Installs all of it, and waits until both servers are ready. */
export async function installTeamPrometheus(): Promise<void> {
  await kubectl("create", "namespace", teamNamespace);
  await apply(await operatorObjects());
  await apply(objects);
  for (const kind of ["prometheus", "alertmanager"])
    await kubectl("wait", "-n", teamNamespace, `${kind}/${name}`, "--for=condition=Available", "--timeout=180s");
}

/** Removes what was installed, but for the kinds, which the lab's own monitoring has, too. */
export async function removeTeamPrometheus(): Promise<void> {
  for (const kind of ["prometheus", "alertmanager"])
    await kubectl("delete", kind, name, "-n", teamNamespace, "--ignore-not-found").catch(ifNoSuchKind);
  await kubectl("delete", "clusterrole,clusterrolebinding", name, "prometheus-operator", "--ignore-not-found");
  await kubectl("delete", "namespace", teamNamespace, "--ignore-not-found");
}

function ifNoSuchKind(error: unknown): void {
  if (!String(error).includes("doesn't have a resource type")) throw error;
}

/** URL of a server of the team's. */
export async function teamServer(server: "prometheus" | "alertmanager", port: number): Promise<string> {
  const pod = `${server}-${name}-0`;
  const address = await kubectl("get", "pod", "-n", teamNamespace, pod, "-o", "jsonpath={.status.podIP}");
  return `http://${address}:${port}`;
}

/** The operator's release, with the lab's images, in the team's namespace. */
async function operatorObjects(): Promise<readonly object[]> {
  const objects = await PrometheusOperator.manifest(join(cache, "manifests"));
  return objects.map((object) => prepared(object, { namespaceName: teamNamespace, images: labImages }));
}

/** Applies objects. On the server, since the kinds are larger than what kubectl's annotation may hold. */
async function apply(items: readonly object[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "runsheet-team-prometheus-"));
  const file = join(directory, "objects.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl("apply", "--server-side", "--force-conflicts", "-f", file);
  rmSync(directory, { recursive: true });
}
