/** Kubernetes objects for CPU and memory metrics. metrics-server runs as a process on the node, as CoreDNS does. */
import { nodeAddress } from "./addresses";
import { clusterRole, clusterRoleBinding, type KubernetesObject } from "./objects";

/** Port of metrics-server on the node. */
export const metricsPort = 4443;

const user = "runsheet-lab:metrics-server";
const reading = ["get", "list", "watch"];
const name = { name: "metrics-server", namespace: "kube-system" };

/**
 * Returns the objects. The API server verifies metrics-server with `authority`, the certificate of the cluster's
 * authority as PEM.
 */
export const metricsObjects = (authority: string): KubernetesObject[] => [
  clusterRole(user, [
    { apiGroups: [""], resources: ["pods", "nodes"], verbs: reading },
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    // For delegated authentication and authorization of incoming requests.
    { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
    { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
  ]),
  clusterRoleBinding(user),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...name, labels: { "k8s-app": "metrics-server" } },
    spec: { ports: [{ name: "https", port: 443, targetPort: metricsPort }] },
  },
  // Kubernetes mirrors the Endpoints to an EndpointSlice. The API server itself reads the Endpoints
  // (kubernetes/kubernetes 1.33, ResolveEndpoint).
  {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: name,
    subsets: [{ addresses: [{ ip: nodeAddress }], ports: [{ name: "https", port: metricsPort }] }],
  },
  {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: "v1beta1.metrics.k8s.io" },
    spec: {
      group: "metrics.k8s.io",
      version: "v1beta1",
      service: { ...name, port: 443 },
      caBundle: Buffer.from(authority).toString("base64"),
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  },
];
