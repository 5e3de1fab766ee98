/** A pod that pulls images, on a simulated clock. */
import * as api from "../../../../../components/kubernetes/in-pod/cluster-api";
import { pullImages } from "../../../../../components/kubernetes/in-pod/pulled";
import { SimulatedClock } from "../../../../support/simulated-clock";

const clock = new SimulatedClock();
jest.spyOn(api, "namespace").mockReturnValue("demo");
const owner = { apiVersion: "v1", kind: "Pod", name: "images-x", uid: "1" };
jest.spyOn(api, "thisPod").mockReturnValue(owner);
const ask = jest.spyOn(api, "ask");

const image = "registry.example/app:1.0.0";
const unauthorized =
  'rpc error: code = Unknown desc = failed to pull and unpack image "registry.example/app:1.0.0": 401 Unauthorized';
const waiting = (reason: string, message?: string) => ({ waiting: { reason, message } });
const spec = { containers: ["image-0", "image-1"].map((name) => ({ name, image })) };
const pod = (...states: readonly object[]) => ({
  status: { containerStatuses: states.map((state, index) => ({ name: `image-${index}`, image: "sha256:1", state })) },
});

/** Lets the node report the pod of each second. */
function scene(at: (second: number) => object): void {
  ask.mockImplementation((path, change) => {
    if (change) {
      there = change.method === "POST";
      return Promise.resolve({} as never);
    }
    expect(path).toBe("/api/v1/namespaces/demo/pods/images-pull");
    if (!there) return Promise.reject(new api.Refused(404, "not found"));
    return Promise.resolve().then(() => at(clock.seconds) as never);
  });
}
const pull = () => pullImages("images-pull", spec, 600);
let there: boolean;

beforeEach(() => {
  clock.seconds = 0;
  ask.mockReset();
});
afterEach(() => {
  const pods = "/api/v1/namespaces/demo/pods";
  const metadata = { name: "images-pull", ownerReferences: [owner] };
  const body = { apiVersion: "v1", kind: "Pod", metadata, spec };
  expect(ask).toHaveBeenCalledWith(pods, { method: "POST", body });
  expect(ask).toHaveBeenLastCalledWith(`${pods}/images-pull`, { method: "DELETE" });
});

test.each([
  ["runs", { running: {} }],
  ["has ended", { terminated: { exitCode: 0 } }],
  ["has no such command", waiting("RunContainerError", 'exec: "true": executable file not found in $PATH')],
])("an image whose container %s has been pulled", async (_, state) => {
  scene((second) => (second < 90 ? pod({ running: {} }, waiting("ContainerCreating")) : pod({ running: {} }, state)));
  expect(await pull()).toEqual([image, image]);
  expect(clock.seconds).toBe(90);
});

test("a registry that refuses is quoted, also after the node waits to try again", async () => {
  scene((second) =>
    pod(second < 5 ? waiting("ErrImagePull", unauthorized) : waiting("ImagePullBackOff", "Back-off pulling image")),
  );
  await expect(pull()).rejects.toThrow(`${image} cannot be pulled: ErrImagePull: ${unauthorized}`);
  expect(clock.seconds).toBe(20);
});

test("a registry that fails for a moment is forgiven", async () => {
  scene((second) => pod(second < 15 ? waiting("ErrImagePull", "503") : { running: {} }));
  expect(await pull()).toEqual([image]);
});

test("an API server that does not answer for a moment changes nothing", async () => {
  scene((second) => {
    if (second === 3) throw new Error("no answer");
    return pod(second < 10 ? waiting("ContainerCreating") : { running: {} });
  });
  expect(await pull()).toEqual([image]);
});

test("a pull that takes too long names the image", async () => {
  scene(() => pod({ running: {} }, waiting("ContainerCreating")));
  await expect(pull()).rejects.toThrow(`${image} was not pulled within 600 s`);
});

test("a pod that no node takes says why", async () => {
  const conditions = [{ type: "PodScheduled", status: "False", message: "0/1 nodes are available" }];
  scene(() => ({ status: { conditions } }));
  await expect(pull()).rejects.toThrow("no node took the pod that pulls them within 600 s: 0/1 nodes are available");
});
