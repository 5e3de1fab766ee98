/** Objects of another tool that are taken over, on an API server in memory. */
import type { FieldOwner } from "../../../../components/kubernetes/field-owners";
import { ChangedMeanwhile, type Patch, type Read } from "../../../../components/kubernetes/kubeconfig";
import { changesOf, pathOf, takeOver, type Declared, type Taken } from "../../../../components/kubernetes/take-over";

const taken: Taken = { kind: "Deployment", namespace: "production", name: "omniops-phase4" };
const path = "/apis/apps/v1/namespaces/production/deployments/omniops-phase4";
const declared: Declared = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: taken.name, namespace: taken.namespace },
  spec: { replicas: 3 },
};
const kubectl: FieldOwner = {
  ...{ manager: "kubectl-client-side-apply", operation: "Update", apiVersion: "apps/v1", fieldsType: "FieldsV1" },
  fieldsV1: { "f:spec": { "f:replicas": {}, "f:paused": {} } },
};
const controller: FieldOwner = { ...kubectl, manager: "kube-controller-manager", fieldsV1: {}, subresource: "status" };
const temporary: FieldOwner = { ...kubectl, manager: "runsheet-take-over", operation: "Apply" };
const made = { "pulumi.com/patchForce": "true", "pulumi.com/deletionPropagationPolicy": "background" };

/** Object on a server that refuses the first changes of it as outdated. */
class Server {
  private version = 1;
  readonly applied: unknown[] = [];
  /** Managers of the fields after each change. */
  readonly managers: string[][] = [];

  constructor(
    private annotations: Readonly<Record<string, string>> | undefined,
    private owners: readonly FieldOwner[],
    private outdated = 0,
  ) {}

  readonly read: Read = <Found>(asked: string) => {
    expect(asked).toBe(path);
    const metadata = {
      annotations: this.annotations,
      managedFields: this.owners,
      resourceVersion: String(this.version),
    };
    return Promise.resolve(this.annotations && ({ metadata } as Found));
  };

  readonly patch: Patch = <Result>(asked: string, type: string, body: object) => {
    if (this.outdated-- > 0) return Promise.reject(new ChangedMeanwhile("outdated"));
    if (type === "application/apply-patch+yaml") {
      expect(asked).toBe(`${path}?fieldManager=runsheet-take-over&force=true`);
      this.applied.push(body);
      this.annotations = made;
    } else {
      const [fields, version] = body as { readonly path: string; readonly value: unknown }[];
      expect([fields!.path, version!.path, version!.value]).toEqual([
        "/metadata/managedFields",
        "/metadata/resourceVersion",
        String(this.version),
      ]);
      this.owners = fields!.value as FieldOwner[];
      this.managers.push(this.owners.map(({ manager }) => manager));
    }
    this.version++;
    return Promise.resolve({} as Result);
  };

  get fields() {
    return this.owners;
  }
}

test("has a path by its kind", () => {
  expect(pathOf(taken)).toBe(path);
  expect(pathOf({ ...taken, kind: "Service" })).toBe("/api/v1/namespaces/production/services/omniops-phase4");
});

test("its fields get one owner, which declares all and leaves them to Pulumi", async () => {
  const server = new Server({}, [kubectl, controller]);
  await takeOver(server, taken, declared);
  expect(server.applied).toEqual([declared]);
  expect(server.managers).toEqual([["kube-controller-manager", "runsheet-take-over"], ["kube-controller-manager"]]);
});

test("an empty list of owners is written as the API takes it", async () => {
  const server = new Server({}, [kubectl]);
  await takeOver(server, taken, declared);
  expect(server.fields).toEqual([{}]);
});

test("an autoscaler's number of pods keeps its value", async () => {
  const server = new Server({}, [kubectl]);
  const patch = jest.spyOn(server, "patch" as never);
  await takeOver({ read: server.read, patch: server.patch }, taken, { ...declared, spec: {} });
  expect(JSON.stringify(patch.mock.calls)).not.toContain("f:replicas");
});

test("an object that its controller changes at the same time is asked for again", async () => {
  const server = new Server({}, [kubectl, controller], 4);
  await takeOver(server, taken, declared);
  expect(server.applied).toHaveLength(1);
});

test("one that is changed all the time is an error", () =>
  expect(takeOver(new Server({}, [kubectl], 5), taken, declared)).rejects.toThrow("outdated"));

test("one of Runsheet's own is left alone", async () => {
  const server = new Server(made, [kubectl]);
  await takeOver(server, taken, declared);
  expect([server.applied, server.managers]).toEqual([[], []]);
});

test("what a killed up has left is brought to its end", async () => {
  const before = new Server({}, [temporary, controller]);
  await takeOver(before, taken, declared);
  expect(before.applied).toEqual([declared]);
  const after = new Server(made, [temporary, controller]);
  await takeOver(after, taken, declared);
  expect([after.applied, after.managers]).toEqual([[], [["kube-controller-manager"]]]);
});

test("one that is gone is Pulumi's to make", async () => {
  const server = new Server(undefined, []);
  await takeOver(server, taken, declared);
  expect(server.applied).toEqual([]);
});

describe("its size, which gets another one", () => {
  const of = (replicas: number | undefined, resources?: object) => ({
    replicas,
    template: { spec: { containers: [{ resources }] } },
  });
  const small = { requests: { cpu: "20m", memory: "64Mi" } };
  const large = { requests: { memory: "1Gi", cpu: "1" } };

  test.each([
    ["pods", of(5), of(3), ["3 pods, and has 5"]],
    ["no number of pods", of(5), of(undefined), []],
    [
      "resources",
      of(3, large),
      of(3, small),
      ['the resources {"requests":{"cpu":"20m","memory":"64Mi"}}, and has {"requests":{"memory":"1Gi","cpu":"1"}}'],
    ],
    ["the same in another order", of(3, { requests: { memory: "64Mi", cpu: "20m" } }), of(3, small), []],
    ["none before", of(3), of(3, {}), []],
  ])("%s", (_, live, declared, changes) => expect(changesOf(live, declared)).toEqual(changes));

  test("a Service has none", () => expect(changesOf(undefined, undefined)).toEqual([]));
});
