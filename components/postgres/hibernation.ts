/** CloudNativePG's annotation that stops a Cluster ("on") or starts it ("off"), and the condition that says that it is stopped. */
export const hibernation = "cnpg.io/hibernation";
