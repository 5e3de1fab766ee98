/** Namespaces of the copy: one that has the name alone is not destroyed. */
import { expectOwnNamespaces } from "../../../../drills/elsewhere/own-namespaces";

const namespace = (name: string, uid: string) => ({
  type: "kubernetes:core/v1:Namespace",
  outputs: { metadata: { name, uid } },
});
const stack = { type: "pulumi:pulumi:Stack", outputs: {} };
const check = (deployment: object, there: Readonly<Record<string, string>>) =>
  expectOwnNamespaces(deployment, (name) => Promise.resolve(there[name] ?? ""));
const copy = { resources: [stack, namespace("drill-prism", "1"), namespace("drill-pm", "2")] };

test("those that the copy made, or that are gone, may be destroyed", async () => {
  await check(copy, { "drill-prism": "1", "drill-pm": "2" });
  await check(copy, { "drill-prism": "1" });
  await check({}, {});
});

test("one of somebody else is named", () =>
  expect(check(copy, { "drill-prism": "1", "drill-pm": "9" })).rejects.toThrow(
    "the namespace drill-pm is not the one that the copy made: it has the UID 9, and the copy's had 2. Nothing was destroyed. Lead runsheet:context to the cluster of the copy, or, if its namespace is gone, forget its stack (pulumi stack rm --force, project runsheet-drill)",
  ));

test("one without a UID in the state cannot be known", () =>
  expect(check({ resources: [{ type: "kubernetes:core/v1:Namespace" }] }, {})).rejects.toThrow(
    "the copy's state has a namespace without a UID: nothing was destroyed",
  ));
