/**
 * Token of a pod's account. It is mounted in the containers that ask the API server, and not in those beside them, which
 * run a team's SQL.
 */
import type { input } from "@pulumi/kubernetes/types";

const name = "account";

/** Volume with what a program needs to ask the API server, and with the name and the UID of its pod. */
export const tokenVolume: input.core.v1.Volume = {
  name,
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      {
        downwardAPI: {
          items: ["namespace", "name", "uid"].map((field) => ({
            path: field,
            fieldRef: { fieldPath: `metadata.${field}` },
          })),
        },
      },
    ],
  },
};

/** Mount at the place where clients look for it. */
export const tokenMount: input.core.v1.VolumeMount = {
  name,
  mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
  readOnly: true,
};
