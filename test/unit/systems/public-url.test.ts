/** Checks of what users reach run again when the way to it changes. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

/** Names of Jobs with the way to users as given. A Job of another name runs again. */
async function jobs(ingress: object, changes: Readonly<Record<string, unknown>> = {}) {
  jest.resetModules();
  const program = await runProgram({
    "runsheet:systems": ["mued", "pm"],
    "mued:publicUrl": "https://mued.example",
    "mued:ingress": { host: "mued.example", tlsSecret: "tls", ...ingress },
    "pm:publicUrl": "https://pm.example",
    "pm:ingress": { host: "pm.example", tlsSecret: "tls", ...ingress },
    ...changes,
  });
  const nameOf = (job: string) => program.inputs("Job", job).metadata.name;
  return {
    reached: ["mued-reachable", "pm-accessible"].map(nameOf),
    others: ["mued-prerequisites", "mued-smoke-test", "pm-maintenance-off", "pm-backend-services"].map(nameOf),
  };
}

test("another ingress runs the checks of what users reach again, and no others", async () => {
  const before = await jobs({});
  expect(await jobs({})).toEqual(before);
  const { reached, others } = await jobs({ tlsSecret: "renewed" });
  expect(reached.filter((name) => before.reached.includes(name))).toEqual([]);
  expect(others).toEqual(before.others);
}, 240_000);
