/** Names of CloudNativePG and its plugin that several files use, also without Pulumi. */

/** Annotation that stops ("on") or starts ("off") a Cluster, and the condition of a stopped one. */
export const hibernation = "cnpg.io/hibernation";

/** Plugin that archives and restores. */
export const barmanPlugin = "barman-cloud.cloudnative-pg.io";
