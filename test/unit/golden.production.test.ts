/** The golden files of the stack production, with values for its marks. */
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { FilledStack, secretsOf } from "../support/filled-stack";
import { expectGoldenStack } from "../support/golden-stack";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const stack = new FilledStack("production");
afterAll(() => stack.remove());

test("the stack registers what its golden files say", () =>
  expectGoldenStack("production", stack.changes(), secretsOf("production")));
