/** The program with a generation of passwords: everything that holds one is new, and everything that reads one restarts. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

let program: RegisteredProgram;
beforeAll(async () => (program = await runProgram({ "runsheet:passwordGeneration": 2 })));

test("every Deployment and StatefulSet restarts", () => {
  const started = ["Deployment", "StatefulSet"].flatMap((kind) =>
    program.names(kind).map((name) => program.inputs(kind, name).spec.template.metadata as { annotations?: object }),
  );
  expect(started.length).toBeGreaterThan(10);
  for (const { annotations } of started) expect(annotations).toMatchObject({ "runsheet/passwords": "2" });
});

test("an application's pods differ, so that their checks are done again", () => {
  const [{ env }] = program.inputs("Deployment", "prism-api").spec.template.spec.containers;
  expect(env).toContainEqual({ name: "PASSWORD_GENERATION", value: "2" });
});
