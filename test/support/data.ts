/** Types of resources that hold data, or that are needed to reach it. No upgrade may delete or replace them. */
const types = [
  "kubernetes:core/v1:Namespace",
  "kubernetes:core/v1:PersistentVolumeClaim",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:postgresql.cnpg.io/v1:Cluster",
  "kubernetes:postgresql.cnpg.io/v1:Database",
  "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
  // The Helm releases of the operators: their custom resource definitions are deleted with every database.
  "kubernetes:helm.sh/v3:Release",
  "pulumi:providers:kubernetes",
  "random:index/randomPassword:RandomPassword",
];

/** Returns true if a resource holds data. The random name of a database's archive counts as data. */
export const holdsData = (type: string, name: string) =>
  types.includes(type) || (type === "random:index/randomId:RandomId" && name.endsWith("-server"));

/** Type and name of a resource, from its URN. */
export function parsed(urn: string): { type: string; name: string } {
  const [, , types, name] = urn.split("::");
  return { type: types!.split("$").at(-1)!, name: name! };
}
