/** What the cluster needs for volumes: a default storage class, whose volumes are directories of the machine. */
import { clusterRole, clusterRoleBinding, type KubernetesObject } from "./objects";

export const storageNamespace = "local-path-storage";
export const storageServiceAccount = "local-path-provisioner";

/** Makes and removes a volume's directory: any image with a shell. */
const helperImage = "runsheet.lab/node:22";

/** The provisioner fills in the volume, the command and the node. */
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
      // Open to any user, as a pod's fsGroup does not reach a directory of the machine.
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
