/** The golden files of the stack local. */
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { expectGoldenStack } from "../support/golden-stack";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

test("the stack registers what its golden files say", () => expectGoldenStack("local"));
