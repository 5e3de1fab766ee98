/** Limits of what a pod takes of its node. */
import { podSpec, type PodArgs } from "../../../../components/kubernetes/pod";
import { collectResources } from "../../../support/mocks";

const base: PodArgs = { namespace: "demo", image: "image", command: ["run"] };

function specOf(args: Partial<PodArgs> = {}) {
  collectResources();
  const spec = podSpec("demo", { ...base, ...args }, {}, {});
  const [main] = spec.containers as { resources: unknown; volumeMounts: { name: string; mountPath: string }[] }[];
  const volumes = spec.volumes as { name: string; emptyDir?: unknown }[];
  return { ...main!, volumes, initContainers: spec.initContainers as { resources: unknown }[] | undefined };
}
/** Limit of a container with so many MiB of directories beside the two for temporary files. */
const disk = (more = 0) => `${2 * 1024 + 256 + more}Mi`;

test.each<[string, Partial<PodArgs>, object]>([
  [
    "by default",
    {},
    {
      requests: { cpu: "20m", memory: "64Mi", "ephemeral-storage": "64Mi" },
      limits: { memory: "1Gi", "ephemeral-storage": disk() },
    },
  ],
  [
    "with a request of more memory",
    { resources: { requests: { cpu: "1", memory: "4Gi" } } },
    { requests: { memory: "4Gi" }, limits: { memory: "4Gi" } },
  ],
  [
    "with limits of its own",
    { resources: { requests: { cpu: "1", memory: "64Mi" }, limits: { cpu: "2", memory: "128Mi" } } },
    { limits: { cpu: "2", memory: "128Mi", "ephemeral-storage": disk() } },
  ],
  [
    "with directories of its own",
    { volumes: [{ path: "/cache", scratch: "5Gi" }] },
    { requests: { "ephemeral-storage": "64Mi" }, limits: { "ephemeral-storage": disk(5 * 1024) } },
  ],
  [
    "with a request of the node's disk",
    { resources: { requests: { cpu: "1", memory: "64Mi", "ephemeral-storage": "10240Mi" } } },
    { requests: { "ephemeral-storage": "10240Mi" }, limits: { "ephemeral-storage": "10240Mi" } },
  ],
])("a pod %s has limits of memory and of the node's disk", (_, args, resources) => {
  expect(specOf(args).resources).toMatchObject(resources);
});

test("an init container has the same limits", () => {
  const { initContainers, resources } = specOf({ before: [{ image: "image", command: ["prepare"] }] });
  expect(initContainers![0]!.resources).toEqual(resources);
});

test("directories for temporary files have a size", () => {
  const { volumes } = specOf({ before: [{ image: "image", command: ["prepare"] }] });
  expect(volumes.slice(0, 2)).toEqual([
    { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
    { name: "before", emptyDir: { sizeLimit: "1Gi" } },
  ]);
});

test("a larger /tmp takes the place of the usual one", () => {
  const { volumes, volumeMounts } = specOf({ volumes: [{ path: "/tmp", scratch: "5Gi" }] });
  expect(volumeMounts.filter(({ mountPath }) => mountPath === "/tmp")).toHaveLength(1);
  expect(volumes).toEqual([{ name: "volume-0", emptyDir: { sizeLimit: "5Gi" } }]);
});
