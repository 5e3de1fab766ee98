/**
 * The security settings with which every pod of Runsheet is admitted under Kubernetes' `restricted` pod security
 * standard.
 */
import type { input } from "@pulumi/kubernetes/types";

/** The labels of a namespace that admits only restricted pods. */
export const restrictedNamespaceLabels = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

/** A pod's security context; `user` is its numeric user and group, 1000 unless the image needs another. */
export function restrictedPod(user = 1000): input.core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** A container's security context: nothing to gain, and nothing to write but mounted volumes. */
export const restrictedContainer: input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
