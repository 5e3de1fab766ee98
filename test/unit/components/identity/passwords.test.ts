/** Generation of passwords: each gets a new value, and what uses one is started again. */
import type { CustomResource } from "@pulumi/pulumi";
import { passwordsOf } from "../../../../components/identity/passwords";

const transformed = (generation: number | undefined, type: string, props: object = {}) =>
  passwordsOf(generation)({ type, props, opts: {}, name: "demo", resource: {} as CustomResource });

const password = "random:index/randomPassword:RandomPassword";

test("a password is new with each generation", () => {
  expect(transformed(2, password, { length: 32 })).toEqual({
    props: { length: 32, keepers: { generation: "2" } },
    opts: {},
  });
});

test.each(["Deployment", "StatefulSet"])("the pods of a %s are started again", (kind) => {
  const template = { metadata: { labels: { app: "a" }, annotations: { other: "1" } }, spec: {} };
  expect(transformed(3, `kubernetes:apps/v1:${kind}`, { spec: { replicas: 1, template } })?.props).toEqual({
    spec: {
      replicas: 1,
      template: {
        metadata: { labels: { app: "a" }, annotations: { other: "1", "runsheet/passwords": "3" } },
        spec: {},
      },
    },
  });
});

test.each([
  [undefined, password],
  [undefined, "kubernetes:apps/v1:Deployment"],
  [2, "kubernetes:batch/v1:CronJob"],
  [2, "random:index/randomId:RandomId"],
])("with generation %s %s stays as it is", (generation, type) =>
  expect(transformed(generation, type, { spec: { template: {} } })).toBeUndefined(),
);
