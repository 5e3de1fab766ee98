/** Changes of who owns an object's fields, on an API server that refuses outdated ones. */
import type { FieldOwner } from "../../../../components/kubernetes/field-owners";
import { ChangedMeanwhile, type Patch, type Read } from "../../../../components/kubernetes/kubeconfig";
import { changeOwners } from "../../../../components/kubernetes/owner-changes";
import { owner } from "../../drift/changes";

const path = "/api/v1/namespaces/demo/configmaps/it";
const kubectl = owner("kubectl", { "f:data": {} });

/** Server with this object, which refuses the first patches. */
function server(managedFields: readonly FieldOwner[] | undefined, refusals: readonly Error[] = []) {
  const left = [...refusals];
  const patched: object[] = [];
  let version = 0;
  const read: Read = <Found>() =>
    Promise.resolve({ metadata: { managedFields, resourceVersion: String(++version) } } as Found);
  const patch: Patch = <Result>(_: string, type: string, body: object) => {
    expect(type).toBe("application/json-patch+json");
    const refusal = left.shift();
    if (refusal) return Promise.reject(refusal);
    patched.push(body);
    return Promise.resolve({} as Result);
  };
  return { read, patch, patched };
}

const written = (value: unknown, version: string) => [
  { op: "replace", path: "/metadata/managedFields", value },
  { op: "replace", path: "/metadata/resourceVersion", value: version },
];

test("the owners are replaced in the version that was read", async () => {
  const there = server([kubectl]);
  await changeOwners(there, path, (owners) => owners.map((each) => ({ ...each, manager: "other" })));
  expect(there.patched).toEqual([written([{ ...kubectl, manager: "other" }], "1")]);
});

test("none at all are one empty entry, as the API wants it", async () => {
  const there = server([kubectl]);
  await changeOwners(there, path, () => []);
  expect(there.patched).toEqual([written([{}], "1")]);
});

test("owners that are as they are to be are not written", async () => {
  for (const fields of [[kubectl], undefined]) {
    const there = server(fields);
    await changeOwners(there, path, (owners) => [...owners]);
    expect(there.patched).toEqual([]);
  }
});

test("an object that is gone is left", async () => {
  const { patch, patched } = server([kubectl]);
  await changeOwners({ read: () => Promise.resolve(undefined), patch }, path, () => []);
  expect(patched).toEqual([]);
});

const changed = new ChangedMeanwhile("outdated");

test("an object that was changed meanwhile is read again, four times at most", async () => {
  const there = server([kubectl], Array<Error>(4).fill(changed));
  await changeOwners(there, path, () => []);
  expect(there.patched).toEqual([written([{}], "5")]);
  await expect(changeOwners(server([kubectl], Array<Error>(5).fill(changed)), path, () => [])).rejects.toThrow(changed);
});

test("any other refusal is an error at once", async () => {
  const refused = new Error("configmaps is forbidden");
  const there = server([kubectl], [refused]);
  await expect(changeOwners(there, path, () => [])).rejects.toThrow(refused);
  expect(there.patched).toEqual([]);
});
