/** Change of a database's image: its servers restart one after the other, and later steps wait for the last one. */
import { ctr } from "../../lab/cluster";
import { clusterOf } from "../support/base-backup";
import { kubectl } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const image = "runsheet.lab/postgresql:17.99";
const stack = new FaultyStack();
const configured = stack.configured("prism:postgres") as object;

beforeAll(async () => {
  // The same image under another name, since the lab has only one version.
  await ctr(["--namespace", "k8s.io", "images", "tag", "--force", "runsheet.lab/postgresql:17", image]);
});
afterAll(async () => {
  stack.configure({ "prism:postgres": configured });
  await stack.upSucceeds();
  await stack.leave();
});

async function servers(path: string): Promise<string[]> {
  const selector = `cnpg.io/cluster=${await clusterOf("prism")},cnpg.io/podRole=instance`;
  return (await kubectl("get", "pods", "-n", "prism", "-l", selector, "-o", `jsonpath={.items[*]${path}}`)).split(" ");
}

test("the dump and all that follows come after the last server is there again", async () => {
  stack.configure({ "prism:postgres": { ...configured, instances: 2 } });
  await stack.upSucceeds();

  stack.configure({ "prism:postgres": { ...configured, instances: 2, image } });
  stack.nextRelease("prism");
  await stack.upSucceeds();
  expect(await servers('.spec.containers[?(@.name=="postgres")].image')).toEqual([image, image]);
  const ready = (await servers('.status.conditions[?(@.type=="Ready")].lastTransitionTime')).map(Date.parse);
  const dump = ["get", "jobs", "-n", "prism", "-l", "app.kubernetes.io/name=prism-dump"];
  const dumped = Date.parse(await kubectl(...dump, "-o", "jsonpath={.items[0].status.startTime}"));
  expect(dumped).toBeGreaterThanOrEqual(Math.max(...ready));
});
