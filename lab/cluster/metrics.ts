/** What the cluster needs for the use of CPU and memory: metrics-server runs as a process on the node, as CoreDNS does. */
import { nodeAddress } from "./addresses";
import { clusterRole, clusterRoleBinding, type KubernetesObject } from "./objects";

/** Where metrics-server listens on the node. */
export const metricsPort = 4443;

const user = "runsheet-lab:metrics-server";
const reading = ["get", "list", "watch"];
const name = { name: "metrics-server", namespace: "kube-system" };

/** `authority`: the cluster's certificate authority, as PEM, with which the API server checks who answers. */
export const metricsObjects = (authority: string): KubernetesObject[] => [
  clusterRole(user, [
    { apiGroups: [""], resources: ["pods", "nodes"], verbs: reading },
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    // To ask the API server who sends a request, and whether he may.
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
  // An EndpointSlice is made of it. The API server itself looks for Endpoints (kubernetes/kubernetes 1.33, ResolveEndpoint).
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
