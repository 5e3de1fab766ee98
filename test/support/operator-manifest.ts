/** A cache that has a small manifest in the place of the Prometheus operator's, for programs without a network. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keep } from "../../components/identity/kept.cjs";
import { operatorManifest } from "../../components/monitoring/versions";

const labels = { "app.kubernetes.io/component": "controller", "app.kubernetes.io/name": "prometheus-operator" };
const metadata = { name: "prometheus-operator", namespace: "default" };
const account = { kind: "ServiceAccount", name: "prometheus-operator", namespace: "default" };
const container = {
  name: "prometheus-operator",
  image: "public/operator:1",
  args: ["--kubelet-service=kube-system/kubelet", "--prometheus-config-reloader=public/reloader:1"],
  resources: { requests: { cpu: "100m", memory: "100Mi" }, limits: { cpu: "200m", memory: "200Mi" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
  },
};
const pod = {
  automountServiceAccountToken: true,
  containers: [container],
  securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
  serviceAccountName: "prometheus-operator",
};

/** Objects of the operator's release that matter, in the namespace default: one kind, its rights, and its Deployment. */
export const operatorObjects = [
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "podmonitors.monitoring.coreos.com" },
    spec: { group: "monitoring.coreos.com" },
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "prometheus-operator" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "prometheus-operator" },
    subjects: [account],
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
  },
  { apiVersion: "v1", kind: "ServiceAccount", metadata },
];

/** Writes the manifest to a directory of manifests. */
export function writeOperatorManifest(directory: string): void {
  keep(join(directory, `${operatorManifest.sha256}.sealed`), JSON.stringify(operatorObjects));
}

/** Gives a file's tests a cache of their own with the manifest, and removes it after them. */
export function useOperatorManifest(): void {
  const before = process.env.XDG_CACHE_HOME;
  const cache = mkdtempSync(join(tmpdir(), "runsheet-operator-"));
  beforeAll(() => {
    process.env.XDG_CACHE_HOME = cache;
    writeOperatorManifest(join(cache, "runsheet", "manifests"));
  });
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    rmSync(cache, { recursive: true });
  });
}
