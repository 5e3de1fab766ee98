/**
 * Security settings with which every pod of Runsheet is admitted under Kubernetes' `restricted` pod security standard.
 */
import type { input } from "@pulumi/kubernetes/types";

/** Labels of a namespace that admits only restricted pods. */
export const restrictedNamespaceLabels = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

/** Returns a pod's security context. `user` is its numeric user and group. Default: 1000. */
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

/** Security context of a container: no privileges, and a read-only root filesystem. */
export const restrictedContainer: input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
