import type { CustomResource } from "@pulumi/pulumi";
import { objectDefaults } from "../../../../components/kubernetes/defaults";

const transformed = (type: string, props: object = {}, opts: object = {}) =>
  objectDefaults({ type, props, opts, name: "demo", resource: {} as CustomResource });

const annotations = {
  "pulumi.com/patchForce": "true",
  "pulumi.com/deletionPropagationPolicy": "background",
};

test("an object takes its fields back, and is deleted without waiting for what it owns", () => {
  expect(transformed("kubernetes:apps/v1:Deployment", { spec: {} })).toEqual({
    props: { spec: {}, metadata: { annotations } },
    opts: {},
  });
});

test("its own metadata stays, and its own annotations go before", () => {
  const own = { "pulumi.com/deletionPropagationPolicy": "foreground", other: "1" };
  expect(transformed("kubernetes:core/v1:Secret", { metadata: { name: "demo", annotations: own } })?.props).toEqual({
    metadata: { name: "demo", annotations: { ...annotations, ...own } },
  });
});

// The provider sees the end of these deletions itself, so no timeout is set for them.
test.each([
  "kubernetes:core/v1:ConfigMap",
  "kubernetes:core/v1:Namespace",
  "kubernetes:core/v1:PersistentVolumeClaim",
  "kubernetes:postgresql.cnpg.io/v1:Cluster",
])("the deletion of a %s has the provider's own time", (type) => {
  const opts = { customTimeouts: { create: "15m" } };
  expect(transformed(type, {}, opts)?.opts).toEqual(opts);
});

test.each(["random:index/randomId:RandomId", "kubernetes:yaml/v2:ConfigGroup", "runsheet:index:Task"])(
  "%s is no object",
  (type) => expect(transformed(type)).toBeUndefined(),
);
