/** The key `postgres.inheritsRoles`, as the program reads it from a stack's configuration. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { collectResources, settled } from "../../support/mocks";
import { setStackConfiguration } from "../../support/stack-configuration";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

test("the login inherits its roles in the system that says so, and in no other", async () => {
  const resources = collectResources("runsheet", "local");
  setStackConfiguration("local", { "prism:postgres": { engine: "cloudnativepg", inheritsRoles: true } });
  await jest.requireActual<() => Promise<unknown>>("../../../index")();
  await settled();
  const inherits = resources
    .filter(({ type }) => type.endsWith(":Cluster"))
    .flatMap(({ inputs }) => {
      const { spec } = inputs as { spec: { managed: { roles: { name: string; inherit: boolean }[] } } };
      return spec.managed.roles.filter(({ name }) => name.endsWith("_app")).map(({ name, inherit }) => [name, inherit]);
    });
  expect(Object.fromEntries(inherits)).toEqual({
    ...{ prism_app: true, omniops_app: false },
    ...{ mued_app: true, pm_app: true, ai_backend_app: true },
  });
  const tasks = resources.filter(({ type, name }) => type.endsWith(":Job") && name.endsWith("-memberships"));
  expect(tasks.map(({ name }) => name).sort()).toEqual([
    "omniops-postgresql-memberships",
    "prism-postgresql-memberships",
  ]);
});
