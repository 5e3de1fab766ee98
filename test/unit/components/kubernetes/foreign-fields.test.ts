/** Fields that another tool has set in the stack's objects. */
import { foreignFields, isByHand } from "../../../../components/kubernetes/foreign-fields";
import { owner, provider } from "../../drift/changes";

const time = "2026-12-01T10:00:00Z";
const env = (name: string) => ({ [`k:{"name":"${name}"}`]: { ".": {}, "f:name": {}, "f:value": {} } });
const main = (fields: object) =>
  ({ "f:spec": { "f:containers": { 'k:{"name":"main"}': { ".": {}, "f:image": {}, ...fields } } } }) as never;

test("what the stack declares is its own, also if somebody else owns it, too", () =>
  expect(foreignFields([provider(main({ "f:env": env("A") })), owner("kubectl", main({ "f:env": env("A") }))])).toEqual(
    [],
  ));

test("an item that somebody added is one field, by its key, with the tool and its time", () =>
  expect(
    foreignFields([
      provider(main({ "f:env": { ".": {}, ...env("A") } })),
      owner("kubectl-set", main({ "f:env": { ".": {}, ...env("A"), ...env("B") } }), { time }),
    ]),
  ).toEqual([{ path: "spec.containers[main].env[B]", manager: "kubectl-set", time }]));

test("of an item that the stack has, only the fields of others are foreign", () =>
  expect(foreignFields([provider(main({})), owner("kubectl", main({ "f:tty": {} }))])).toEqual([
    { path: "spec.containers[main].tty", manager: "kubectl" },
  ]));

test.each([
  [{ "f:data": { "f:migrate.sh": {} } }, 'data["migrate.sh"]'],
  [{ "f:spec": { "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {} } } } }, "spec.ports[80/TCP]"],
  [{ "f:spec": { "f:accessModes": { 'v:"ReadWriteMany"': {} } } }, "spec.accessModes[ReadWriteMany]"],
  [{ "f:spec": { "f:list": { "i:2": {} } } }, "spec.list[2]"],
  [{ "f:metadata": { "f:labels": { "f:by-hand": {} } } }, "metadata.labels.by-hand"],
  [{ "f:metadata": { "f:annotations": { "f:a.b/c": {} } } }, 'metadata.annotations["a.b/c"]'],
])("the fields %j are the path %s", (fields, path) =>
  expect(foreignFields([owner("kubectl", fields as never)])).toEqual([{ path, manager: "kubectl" }]),
);

test("paths are sorted, whoever owns them", () =>
  expect(
    foreignFields([owner("b", { "f:z": {}, "f:a": {} }), owner("a", { "f:m": {} })]).map(({ path }) => path),
  ).toEqual(["a", "m", "z"]));

test.each([
  ["kube-controller-manager", {}],
  ["kubelet", {}],
  ["manager", {}],
  ["runsheet-restart", {}],
  ["anybody", { subresource: "status" }],
])("what %s writes %j is the cluster's", (manager, more) =>
  expect(foreignFields([owner(manager, { "f:spec": { "f:a": {} } }, more)])).toEqual([]),
);

test("the size that kubectl scale sets is a field", () =>
  expect(foreignFields([owner("kubectl", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" })])).toHaveLength(
    1,
  ));

test.each(["kubectl.kubernetes.io/last-applied-configuration", "kubectl.kubernetes.io/restartedAt"])(
  "kubectl's own record %s is none",
  (annotation) => {
    const record = { "f:metadata": { "f:annotations": { ".": {}, [`f:${annotation}`]: {} } } };
    expect(foreignFields([owner("kubectl", record)])).toEqual([]);
  },
);

test("an owner without fields has none", () => {
  const { fieldsV1: _, ...empty } = owner("kubectl", {});
  expect(foreignFields([empty])).toEqual([]);
});

test.each([
  ["kubectl", true],
  ["kubectl-edit", true],
  ["k9s", true],
  ["node-fetch", true],
  ["freelens", true],
  ["headlamp-server", true],
  ["Mozilla", true],
  ["terraform", false],
  ["argocd-controller", false],
  ["my-kubectl", false],
  ["runsheet-watch", false],
])("%s: a person wrote with it: %p", (manager, is) => expect(isByHand({ manager })).toBe(is));
