/** The golden files of the stack local with monitoring, for two of its systems. */
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { expectGoldenStack } from "../support/golden-stack";
import { labImages } from "../support/monitoring/settings";
import { useOperatorManifest } from "../support/operator-manifest";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

useOperatorManifest();

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
