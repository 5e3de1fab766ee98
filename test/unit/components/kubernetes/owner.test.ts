/** Labels that name the project and the stack which own an object. */
import * as pulumi from "@pulumi/pulumi";
import { owned, ownerIn, unfitForLabel } from "../../../../components/kubernetes/owner";

const labels = { "runsheet/project": "runsheet", "runsheet/stack": "staging" };
const transformed = (type: string, props: object) =>
  owned({ project: "runsheet", stack: "staging" })({
    type,
    name: "x",
    props,
    opts: {},
    resource: undefined as unknown as pulumi.Resource,
  });

test.each([
  "core/v1:Namespace",
  "core/v1:PersistentVolumeClaim",
  "apps/v1:StatefulSet",
  "postgresql.cnpg.io/v1:Cluster",
  "postgresql.cnpg.io/v1:Database",
  "barmancloud.cnpg.io/v1:ObjectStore",
])("kubernetes:%s says whose it is, beside the labels that it has", (type) =>
  expect(
    transformed(`kubernetes:${type}`, { metadata: { name: "a", labels: { app: "b" } }, spec: { template: {} } })?.props,
  ).toEqual({ metadata: { name: "a", labels: { app: "b", ...labels } }, spec: { template: {} } }),
);

test.each(["kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Secret", "random:index/randomId:RandomId"])(
  "%s holds nothing that is lost with it, and stays as it is",
  (type) => expect(transformed(type, { metadata: {} })).toBeUndefined(),
);

test("the owner is who both labels name", () => {
  expect(ownerIn({ ...labels, app: "b" })).toEqual({ project: "runsheet", stack: "staging" });
  expect(ownerIn({ "runsheet/stack": "staging" })).toBeUndefined();
  expect(ownerIn(undefined)).toBeUndefined();
});

test.each(["a", "production", "eu-west_1.b", "x".repeat(63)])("%s can be a label", (name) =>
  expect(unfitForLabel(name)).toBeUndefined(),
);

test.each(["-a", "a_", "a.", "x".repeat(64), ""])("%s cannot be a label", (name) =>
  expect(unfitForLabel(name)).toBe(
    "cannot be a label's value: use at most 63 letters, digits, '.', '_' and '-', beginning and ending with a letter or digit",
  ),
);
