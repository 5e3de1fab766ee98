/** What CloudNativePG and its plugin call what is spoken of in more than one place: also where there is no Pulumi. */

/** The annotation that stops a Cluster ("on") or starts it ("off"), and the condition that says that it is stopped. */
export const hibernation = "cnpg.io/hibernation";

/** The plugin that archives and brings back. */
export const barmanPlugin = "barman-cloud.cloudnative-pg.io";
