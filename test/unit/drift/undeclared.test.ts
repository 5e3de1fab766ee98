/** Objects that nobody declared, and people's edits of what others declared. */
import { editedKinds } from "../../../drift/edited-kinds";
import { undeclaredObjects } from "../../../drift/undeclared";
import { change, owner, provider } from "./changes";
import { Cluster } from "./cluster";

const time = "2026-12-01T10:00:00Z";
const namespace = change({ type: "kubernetes:core/v1:Namespace", name: "demo", namespace: "", step: "environment" });
const configMaps = "/api/v1/namespaces/demo/configmaps";
const claims = "/api/v1/namespaces/demo/persistentvolumeclaims";
const data = { "f:data": { "f:a": {} } };

const listed = (name: string, metadata: object) => ({ metadata: { name, ...metadata } });
const findings = async (objects: Record<string, unknown>, resources = [namespace]) =>
  (await undeclaredObjects(resources, new Cluster(objects).read)).findings;
const configMap = (metadata: object, name = "extra") => findings({ [configMaps]: { items: [listed(name, metadata)] } });

test("an object that a person made is named, with both ways to be rid of it", async () =>
  expect(await configMap({ managedFields: [owner("kubectl-create", data, { time })] })).toEqual([
    {
      ...{ what: "undeclared", system: "demo", kind: "ConfigMap", name: "demo/extra", fields: [] },
      by: [{ manager: "kubectl-create", time }],
      up: "up leaves it. If nobody needs it: kubectl delete configmap -n demo extra. If it is to stay, label it app.kubernetes.io/managed-by",
    },
  ]));

test("so is one that a tool made", async () =>
  expect(await configMap({ managedFields: [owner("terraform", data)] })).toHaveLength(1));

const byPerson = { managedFields: [owner("kubectl-create", data)] };

test.each([
  ["a Helm release's record", { ...byPerson, labels: { owner: "helm" } }],
  ["a Helm release's", { ...byPerson, annotations: { "meta.helm.sh/release-name": "a" } }],
  ["what a tool is named for", { ...byPerson, labels: { "app.kubernetes.io/managed-by": "team-a" } }],
  ["what goes with its owner", { ...byPerson, ownerReferences: [{}] }],
  ["what the stack's provider has a part of", { managedFields: [provider({}), ...byPerson.managedFields] }],
  ["the search's own", { managedFields: [owner("runsheet-drift", data)] }],
  ["a certificate", { managedFields: [owner("cert-manager-certificates-issuing", data)] }],
  ["OpenShift's", { managedFields: [owner("service-ca-operator", data)] }],
  ["what nobody is recorded for", { managedFields: [] }],
])("%s is none", async (_, metadata) => expect(await configMap(metadata)).toEqual([]));

test.each(["kube-root-ca.crt", "istio-ca-root-cert", "openshift-service-ca.crt"])(
  "%s is in every namespace",
  async (name) => expect(await configMap(byPerson, name)).toEqual([]),
);

test("the record of a restore is none: without it the restore would be done again", async () =>
  expect(await configMap({ managedFields: [owner("unknown", data)] }, "database-restore")).toEqual([]));

test("an edit of the default ServiceAccount is a change, and nothing to delete", async () => {
  const managedFields = [owner("kubectl-patch", { "f:imagePullSecrets": {} })];
  const accounts = "/api/v1/namespaces/demo/serviceaccounts";
  expect(await findings({ [accounts]: { items: [listed("default", { managedFields })] } })).toMatchObject([
    {
      what: "changed",
      fields: [{ path: "imagePullSecrets" }],
      up: "up leaves it, for a controller made the object: kubectl edit serviceaccount -n demo default",
    },
  ]);
  expect(await findings({ [accounts]: { items: [listed("other", { managedFields })] } })).toMatchObject([
    { what: "undeclared" },
  ]);
});

test("the volume of a StatefulSet, enlarged by hand as the guide says, is none", async () => {
  const size = { "f:spec": { "f:resources": { "f:requests": { "f:storage": {} } } } };
  const managedFields = [
    owner("kube-controller-manager", { "f:spec": { "f:accessModes": {} } }),
    owner("kubectl-patch", size),
  ];
  expect(await findings({ [claims]: { items: [listed("data-prism-redis-0", { managedFields })] } })).toEqual([]);
});

test("what the stack declares is none, though it may be gone from it", async () => {
  const kept = change({ type: "kubernetes:core/v1:ConfigMap", name: "extra" });
  const gone = change({ type: "kubernetes:core/v1:ConfigMap", name: "other", operation: "delete" });
  const items = [listed("extra", byPerson), listed("other", byPerson)];
  expect(await findings({ [configMaps]: { items } }, [namespace, kept, gone])).toEqual([]);
  const sameName = change({ type: "kubernetes:core/v1:Secret", name: "extra" });
  expect(await findings({ [configMaps]: { items } }, [namespace, sameName])).toHaveLength(2);
});

test("a person's edit of what a controller made is a change that no up takes back", async () => {
  const volume = listed("data-0", {
    managedFields: [
      owner("kube-controller-manager", { "f:spec": { "f:resources": {} } }),
      owner("kubectl-label", { "f:metadata": { "f:labels": { "f:by-hand": {} } } }, { time }),
    ],
  });
  expect(await findings({ [claims]: { items: [volume] } })).toEqual([
    {
      ...{ what: "changed", system: "demo", kind: "PersistentVolumeClaim", name: "demo/data-0" },
      fields: [{ path: "metadata.labels.by-hand" }],
      by: [{ manager: "kubectl-label", time }],
      up: "up leaves it, for a controller made the object: kubectl edit persistentvolumeclaim -n demo data-0",
    },
  ]);
});

test("a person's claim is one also when its volume is bound", async () => {
  const bound = { "f:metadata": { "f:annotations": {} }, "f:spec": { "f:volumeName": {} } };
  const managedFields = [
    owner("kubectl-create", { "f:spec": { "f:resources": {} } }),
    owner("kube-controller-manager", bound),
  ];
  const [finding] = await findings({ [claims]: { items: [listed("scratch", { managedFields })] } });
  expect(finding).toMatchObject({ what: "undeclared", name: "demo/scratch" });
});

test("only namespaces that the stack makes, and that are there, are looked into", async () => {
  const cluster = new Cluster({ [configMaps]: { items: [listed("extra", byPerson)] } });
  const gone = { ...namespace, operation: "delete" as const };
  expect(await undeclaredObjects([change({}), gone], cluster.read)).toEqual({ findings: [], errors: [] });
  expect(cluster.asked).toEqual([]);
});

test("of every object the metadata alone is read: no Secret's values", async () => {
  const cluster = new Cluster({ [configMaps]: { items: null } });
  await undeclaredObjects([namespace], cluster.read);
  expect(new Set(cluster.asked.map(([, form]) => form))).toEqual(new Set(["metadata"]));
  expect(cluster.asked.map(([path]) => path)).toEqual(
    expect.arrayContaining([configMaps, claims, "/api/v1/namespaces/demo/secrets", "/api/v1/namespaces/demo/pods"]),
  );
});

test("a kind that may not be listed is an error, and the others are told", async () => {
  const refused = new Error("secrets is forbidden");
  const cluster = new Cluster({
    "/api/v1/namespaces/demo/secrets": refused,
    [configMaps]: { items: [listed("b", byPerson), listed("a", byPerson)] },
  });
  const found = await undeclaredObjects([{ ...namespace, system: undefined }], cluster.read);
  expect(found.errors).toEqual(["secrets is forbidden"]);
  expect(found.findings.map(({ name, system }) => [name, system])).toEqual([
    ["demo/a", undefined],
    ["demo/b", undefined],
  ]);
});

describe("kinds that a Helm release holds", () => {
  const kinds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const name = "clusters.postgresql.cnpg.io";
  const resourceNames = {
    "CustomResourceDefinition.apiextensions.k8s.io/apiextensions.k8s.io/v1": [name],
    "ServiceAccount/v1": ["other"],
  };
  const release = change({ type: "kubernetes:helm.sh/v3:Release", name: "kinds", from: { resourceNames } });
  const edited = async (managedFields: readonly object[] | undefined) => {
    const items = managedFields && [listed(name, { managedFields })];
    return editedKinds([release], new Cluster({ [kinds]: { items: items ?? null } }).read);
  };

  test("are compared with nothing where no release is", async () => {
    const cluster = new Cluster();
    expect(await editedKinds([change({})], cluster.read)).toEqual({ findings: [], errors: [] });
    expect(await editedKinds([change({ type: "kubernetes:helm.sh/v3:Release" })], cluster.read)).toEqual({
      ...{ findings: [], errors: [] },
    });
    expect(cluster.asked).toEqual([]);
  });

  test("are as they were, whatever their release and controllers write", async () =>
    expect(await edited([owner("helm", { "f:spec": {} }), owner("kube-apiserver", { "f:spec": {} })])).toEqual({
      ...{ findings: [], errors: [] },
    }));

  test("were edited by a person", async () => {
    const label = owner("kubectl-label", { "f:metadata": { "f:labels": { "f:by-hand": {} } } }, { time });
    expect((await edited([label])).findings).toEqual([
      {
        ...{ what: "changed", kind: "CustomResourceDefinition", name, fields: [{ path: "metadata.labels.by-hand" }] },
        by: [{ manager: "kubectl-label", time }],
        up: `up leaves it, for a Helm release holds it: kubectl edit customresourcedefinition ${name}`,
      },
    ]);
  });

  test("are gone", async () =>
    expect((await edited(undefined)).findings).toEqual([
      {
        ...{ what: "deleted", kind: "CustomResourceDefinition", name, fields: [], by: [] },
        up: "up leaves it, for a Helm release holds it: apply the operator's manifest, and restore what was of this kind",
      },
    ]));
});
