/**
 * The URNs of what holds data, frozen: with another name, another class or another layer around it the engine takes it for
 * something new, makes it in the old one's place, and deletes the old one, which is the same object.
 */
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { frozen, registeredData } from "../support/frozen-data";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

test("what holds data is called as ever", async () =>
  expect(await registeredData()).toEqual(frozen().filter((urn) => !isVolumeOfDumps(urn))));

const isVolumeOfDumps = (urn: string) => urn.includes("$runsheet:index:Dumps$");
