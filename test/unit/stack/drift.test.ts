/** Drift that an `up` looks for before it changes anything. */
import * as pulumi from "@pulumi/pulumi";
import type { Read } from "../../../components/kubernetes/kubeconfig";
import { driftInDatabases, namespacesOf, takenBack } from "../../../stack/drift";
import type { ConfiguredSystem } from "../../../stack/configured-system";
import { readerOf, uid } from "../../support/cluster-reader";
import { collectResources, settled } from "../../support/mocks";

const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
beforeAll(() => void collectResources());
afterEach(() => jest.clearAllMocks());
afterAll(settled);

const placed = (name: string, namespace?: string) =>
  ({ system: { name }, settings: { namespace: { name: namespace, create: true } } }) as unknown as ConfiguredSystem;
const systems = [placed("omniops", "production"), placed("pm")];

test("the namespaces are the systems', the platform's and the monitoring's", () => {
  const monitored = namespacesOf({ systems, namespacePrefix: "a-", monitoring: undefined });
  expect(monitored).toEqual(["a-production", "a-pm", "cnpg-system"]);
});

test("the record of each namespace is read; a broken one is none", async () => {
  const path = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps/drift`;
  const of = (data: object) => ({ [path("a-production")]: { data: { found: "id" } }, [path("a-pm")]: { data } });
  const found = (data: object) => driftInDatabases(systems, "a-", { uid, read: readerOf(of(data)) });
  expect(await found({ open: "anything" })).toEqual(new Map([["omniops", "id"]]));
  expect(await found({ found: "other" })).toEqual(
    new Map([
      ["omniops", "id"],
      ["pm", "other"],
    ]),
  );
});

test("a preview without a cluster knows of no drift", async () =>
  expect(await driftInDatabases(systems, "", undefined)).toEqual(new Map()));

describe("edits by hand", () => {
  const annotations = { "pulumi.com/patchForce": "true", "pulumi.com/deletionPropagationPolicy": "background" };
  const fields = (manager: string, name: string) => ({
    ...{ manager, operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1", time: "2026-12-01T10:00:00Z" },
    fieldsV1: { "f:data": { [`f:${name}`]: {} } },
  });
  const list = (managedFields: object[], more = {}) => ({
    "/api/v1/namespaces/demo/configmaps": {
      items: [{ metadata: { name: "it", namespace: "demo", annotations: { ...annotations, ...more }, managedFields } }],
    },
  });
  const taken = (read: Read) => takenBack({ uid, read }, ["demo"], "staging");

  test("are said when the program declares the object, each with who made them", async () => {
    const managed = [fields("kubectl-edit", "a"), fields("kubectl-edit", "b"), fields("k9s", "c")];
    const [transformation] = await taken(readerOf(list(managed)));
    // It may be another stack's.
    expect(warn).not.toHaveBeenCalled();
    const { props } = transformation!({
      ...{ type: "kubernetes:core/v1:ConfigMap", name: "it", opts: {}, resource: {} as pulumi.Resource },
      props: { metadata: { name: "it", namespace: "demo" } },
    })!;
    await new Promise((resolve) => pulumi.output(props.metadata as object).apply(resolve));
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      "the ConfigMap demo/it was changed by hand (kubectl-edit, k9s, 2026-12-01T10:00:00Z), which is taken back: data.a, data.b, data.c",
    ]);
  });

  describe("of the size of a volume", () => {
    const claim = (storage: string) => ({
      "/api/v1/namespaces/demo/persistentvolumeclaims": {
        items: [
          {
            metadata: {
              ...{ name: "models", namespace: "demo", annotations },
              managedFields: [
                {
                  ...fields("kubectl-edit", ""),
                  fieldsV1: { "f:spec": { "f:resources": { "f:requests": { "f:storage": {} } } } },
                },
              ],
            },
            spec: { resources: { requests: { storage } } },
          },
        ],
      },
    });
    /** Spec that a claim is given which is declared with 10Gi. */
    async function declared(there: string, name = "models"): Promise<unknown> {
      const [transformation, ...others] = await taken(readerOf(claim(there)));
      expect(others).toEqual([]);
      const { props } = transformation!({
        ...{ type: "kubernetes:core/v1:PersistentVolumeClaim", name, opts: {}, resource: {} as pulumi.Resource },
        props: {
          metadata: { name, namespace: pulumi.output("demo") },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
        },
      })!;
      return new Promise((resolve) => pulumi.output(props.spec as object).apply(resolve));
    }
    const spec = (storage: string) => ({ accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } });

    test("stay, for it cannot shrink, and are said with what to set", async () => {
      expect(await declared("20G")).toEqual(spec("20G"));
      expect(warn.mock.calls).toEqual([
        [
          "the PersistentVolumeClaim demo/models has 20G, which stays, for a volume cannot shrink to the 10Gi of the configuration: set 19074Mi there",
        ],
      ]);
    });

    test.each([
      ["one that is configured", "10Gi", "models"],
      ["a larger one that is configured", "5Gi", "models"],
      ["another volume", "20Gi", "other"],
    ])("are none of %s", async (_, there, name) => {
      expect(await declared(there, name)).toEqual(spec("10Gi"));
      expect(warn).not.toHaveBeenCalled();
    });
  });

  test("that were taken back are said no more, and keep their mark", async () => {
    expect(await taken(readerOf(list([], { "runsheet/edit-taken-back": "then" })))).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  test("of nobody are no transformation", async () => expect(await taken(readerOf({}))).toEqual([]));

  test("in a cluster whose lists may not be read are not looked for, with a warning", async () => {
    expect(await taken(() => Promise.reject(new Error("secrets is forbidden")))).toEqual([]);
    expect(warn.mock.calls).toEqual([["edits by hand are not looked for: secrets is forbidden"]]);
  });
});
