/** The key `runsheet:platform.admissionPolicies` takes back what the installed operators turn on. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

test("accounts of Jobs have no limits where the key forbids the policies", async () => {
  const program = await runProgram({ "runsheet:platform": { install: true, admissionPolicies: false } });
  expect(program.names("Job").length).toBeGreaterThan(0);
  expect(program.names("ValidatingAdmissionPolicy")).toEqual([]);
});
