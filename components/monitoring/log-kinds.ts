/** Kinds of logs: that of a workload's output, and those that `SYSTEM:workloads.NAME.logs` names. */

/** Kinds that are kept in the store of audits. */
export const auditKinds: readonly string[] = ["audit", "security"];

/** True for a kind that is kept in the store of audits. */
export const isAuditKind = (kind: string): boolean => auditKinds.includes(kind);
