/**
 * NetworkPolicies in force. The program of lab/go/kubernetes/network-policies runs as a process on the node and writes
 * them as firewall rules of the lab's own network namespace, with which they end.
 */
import { join } from "node:path";
import { runtime } from "../paths";
import { clusterRole, clusterRoleBinding, type KubernetesObject } from "./objects";

/** Socket on which the CNI plugin announces a new pod. The pod starts when its rules are in force. */
export const announcements = join(runtime, "network-policies.sock");

const user = "runsheet-lab:network-policies";
const reading = ["get", "list", "watch"];

export const networkPolicyObjects: KubernetesObject[] = [
  clusterRole(user, [
    { apiGroups: [""], resources: ["pods", "namespaces", "nodes"], verbs: reading },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: reading },
  ]),
  clusterRoleBinding(user),
];
