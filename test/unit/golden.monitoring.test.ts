/** The golden files of the stack local with monitoring, for two of its systems. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { expectGoldenStack } from "../support/golden-stack";
import { labImages } from "../support/monitoring/settings";
import { writeOperatorManifest } from "../support/operator-manifest";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const before = process.env.XDG_CACHE_HOME;
const cache = mkdtempSync(join(tmpdir(), "runsheet-golden-monitoring-"));

beforeAll(() => {
  process.env.XDG_CACHE_HOME = cache;
  writeOperatorManifest(join(cache, "runsheet", "manifests"));
});
afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(cache, { recursive: true });
});

const systems = ["pm", "ai-backend"];

test("the stack registers what its golden files say", () => {
  const changes = {
    "runsheet:systems": systems,
    "runsheet:monitoring": { engine: "prometheus-operator", images: labImages },
    "pm:publicUrl": "https://pm.example",
    "ai-backend:publicUrl": "https://ai.example",
  };
  return expectGoldenStack("local", changes, {}, { directory: "monitoring", systems });
});
