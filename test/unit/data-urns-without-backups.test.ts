/**
 * Frozen URNs in a stack without an object store: dumps are on volumes, and nothing is archived. See data-urns.test.ts.
 */
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { frozen, registeredData } from "../support/frozen-data";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const keys = ["AccessKeyId", "SecretAccessKey"].flatMap((key) => [`backups${key}`, `backupsRetention${key}`]);
const none = Object.fromEntries(["backups", ...keys].map((key) => [`runsheet:${key}`, undefined]));

test("what holds data is called as ever, the dumps among it", async () =>
  expect(await registeredData(none)).toEqual(frozen().filter((urn) => !urn.includes("$runsheet:index:Archive$"))));
