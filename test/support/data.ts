/** What holds data, or without which it is not reached any more: what no upgrade may delete or replace. */
const types = [
  "kubernetes:core/v1:Namespace",
  "kubernetes:core/v1:PersistentVolumeClaim",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:postgresql.cnpg.io/v1:Cluster",
  "kubernetes:postgresql.cnpg.io/v1:Database",
  "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
  // The operators' kinds: with them goes every database.
  "kubernetes:helm.sh/v3:Release",
  "pulumi:providers:kubernetes",
  "random:index/randomPassword:RandomPassword",
];

/** Whether a resource holds data: also what names a database's archive. */
export const holdsData = (type: string, name: string) =>
  types.includes(type) || (type === "random:index/randomId:RandomId" && name.endsWith("-server"));

/** The type and the name in a URN. */
export function parsed(urn: string): { type: string; name: string } {
  const [, , types, name] = urn.split("::");
  return { type: types!.split("$").at(-1)!, name: name! };
}
