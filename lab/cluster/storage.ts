/** Kubernetes objects for volumes: a default storage class, whose volumes are directories of the machine. */
import { clusterRole, clusterRoleBinding, type KubernetesObject } from "./objects";

export const storageNamespace = "local-path-storage";
export const storageServiceAccount = "local-path-provisioner";

/** Image of the pod that creates and removes a volume's directory. Any image with a shell works. */
const helperImage = "runsheet.lab/node:22";

/** Template of that pod. The provisioner fills in the volume, the command and the node. */
export const helperPod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "volume" },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    containers: [
      { name: "volume", image: helperImage, imagePullPolicy: "IfNotPresent", securityContext: { runAsUser: 0 } },
    ],
  },
};

const user = "runsheet-lab:local-path-provisioner";
const everything = ["get", "list", "watch", "create", "update", "patch", "delete"];
const reading = ["get", "list", "watch"];

export const storageObjects: KubernetesObject[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: storageNamespace } },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: storageServiceAccount, namespace: storageNamespace } },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "local-path-config", namespace: storageNamespace },
    data: {
      // Writable by any user, because a pod's fsGroup is not applied to a directory of the machine.
      setup: 'set -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
      teardown: 'set -eu\nrm -rf "$VOL_DIR"\n',
    },
  },
  clusterRole(user, [
    { apiGroups: [""], resources: ["nodes", "persistentvolumeclaims", "configmaps", "pods/log"], verbs: reading },
    { apiGroups: [""], resources: ["persistentvolumes", "pods"], verbs: everything },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
    { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: reading },
  ]),
  clusterRoleBinding(user),
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "local-path", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "rancher.io/local-path",
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
  },
];
