/** Limits of the accounts of Jobs, with kubectl in their place. */
import { execute } from "../support/workspace";
import { kubectl } from "../support/cluster";

const namespace = "mued";
const name = "mued-restore-test";
const database = `${name}-database`;

interface Cluster {
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Asks the API server whether it would create a Cluster for the account of the restore test. */
async function create({ spec }: Cluster, metadata: object): Promise<string> {
  const object = { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata: { ...metadata, namespace }, spec };
  const request = `kubectl create --dry-run=server -o name --as=system:serviceaccount:${namespace}:${name} -f - <<'OBJECT'
${JSON.stringify(object)}
OBJECT`;
  return (await execute("sh", ["-c", request])).output.trim();
}

/** Cluster that the schedule creates. */
async function declared(): Promise<Cluster> {
  const path = "jsonpath={.spec.jobTemplate.spec.template.spec.initContainers[0].env[?(@.name=='CLUSTER')].value}";
  return JSON.parse(await kubectl("get", "cronjob", name, "-n", namespace, "-o", path)) as Cluster;
}

test("the account of a restore test creates the declared Cluster, and no other", async () => {
  const cluster = await declared();
  const changed = (spec: object) => create({ spec: { ...cluster.spec, ...spec } }, { name: database });
  const refused = `only the Cluster ${database} as the stack declares it may be created`;
  expect(await create(cluster, { name: database })).toBe(`cluster.postgresql.cnpg.io/${database}`);
  expect(await create(cluster, { name: "another" })).toContain(`only the Cluster ${database} may be created`);
  expect(await changed({ imageName: "runsheet.lab/node:22" })).toContain(`${refused}: spec.imageName is another`);
  expect(await changed({ envFrom: [{ secretRef: { name: "mued-postgresql-mued" } }] })).toContain(
    `${refused}: its spec has another field`,
  );
  const annotations = { "cnpg.io/podPatch": "[]" };
  expect(await create(cluster, { name: database, annotations })).toContain(
    `${refused}: it has an annotation or a label of the operator`,
  );
});
