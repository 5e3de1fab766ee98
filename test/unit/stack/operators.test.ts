/** CloudNativePG's kinds in a cluster: those of others are refused before anything is changed. */
import { refuseOperatorsOfOthers } from "../../../stack/operators";
import { readerOf, uid } from "../../support/cluster-reader";

const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const clusters = "clusters.postgresql.cnpg.io";
const stores = "objectstores.barmancloud.cnpg.io";

const ofRelease = (name: string, namespace: string) => ({
  annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace },
});

const refused = (metadata: readonly object[], install = true) =>
  refuseOperatorsOfOthers(
    { uid, read: readerOf({ [path]: { items: metadata.map((each) => ({ metadata: each })) } }) },
    { install },
  ).then(
    () => undefined,
    ({ message }: Error) => message,
  );

const message = (names: string, whose: string) =>
  `the cluster has CloudNativePG already; nothing was changed:\n  - the kinds ${names.replaceAll(" ", ", ")} are ${whose}: ` +
  "set runsheet:platform.install to false to use the operator that is there. If none is there any more, give the kinds, with " +
  `every database that they have, to the stack: kubectl label crd ${names} app.kubernetes.io/managed-by=Helm --overwrite && ` +
  `kubectl annotate crd ${names} meta.helm.sh/release-name=platform-kinds meta.helm.sh/release-namespace=cnpg-system --overwrite`;

test.each<[string, readonly object[], string]>([
  ["of a manifest", [{ name: clusters }, { name: stores }], message(`${clusters} ${stores}`, "not this stack's")],
  [
    "of a chart",
    [{ name: clusters, ...ofRelease("cnpg", "databases") }],
    message(clusters, "of the Helm release cnpg in databases"),
  ],
  [
    "of a manifest beside those of the stack",
    [{ name: clusters, ...ofRelease("platform-kinds", "cnpg-system") }, { name: stores }],
    message(stores, "not this stack's"),
  ],
])("kinds %s are refused", async (_, metadata, expected) => expect(await refused(metadata)).toBe(expected));

test.each<[string, readonly object[]]>([
  ["there are none", [{ name: "prometheuses.monitoring.coreos.com" }]],
  ["they are the stack's", [{ name: clusters, ...ofRelease("platform-kinds", "cnpg-system") }]],
])("the operators are installed where %s", async (_, metadata) => expect(await refused(metadata)).toBeUndefined());

test("nothing is asked if the stack installs none", async () => {
  const read = () => Promise.reject(new Error("asked"));
  await expect(refuseOperatorsOfOthers({ uid, read }, { install: false })).resolves.toBeUndefined();
});
