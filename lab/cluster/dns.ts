/** Kubernetes objects for DNS. CoreDNS runs as a process on the node, behind a service without pods. */
import { dnsServiceAddress, nodeAddress } from "./addresses";
import { clusterRole, clusterRoleBinding, type KubernetesObject } from "./objects";

const user = "runsheet-lab:coredns";
const reading = ["get", "list", "watch"];
const kubeDns = { name: "kube-dns", namespace: "kube-system" };
const protocols = [
  { name: "dns", protocol: "UDP", port: 53 },
  { name: "dns-tcp", protocol: "TCP", port: 53 },
];

export const dnsObjects: KubernetesObject[] = [
  clusterRole(user, [
    { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: reading },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: reading },
  ]),
  clusterRoleBinding(user),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...kubeDns, labels: { "k8s-app": "kube-dns" } },
    spec: { clusterIP: dnsServiceAddress, ports: protocols },
  },
  {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { ...kubeDns, labels: { "kubernetes.io/service-name": "kube-dns" } },
    addressType: "IPv4",
    ports: protocols,
    endpoints: [{ addresses: [nodeAddress], conditions: { ready: true } }],
  },
];
