/**
 * Frozen URNs of the resources that hold data. With another name, class or parent the engine takes a resource for a new
 * one: it creates it in place of the old one, and then deletes the old one, which is the same object in the cluster.
 */
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { frozen, registeredData } from "../support/frozen-data";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

test("what holds data is called as ever", async () =>
  expect(await registeredData()).toEqual(frozen().filter((urn) => !isVolumeOfDumps(urn))));

const isVolumeOfDumps = (urn: string) => urn.includes("$runsheet:index:Dumps$");
