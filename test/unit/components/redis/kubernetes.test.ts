/** Limits of a Redis: of its data, and of the memory of its pod. */
import { contentHash } from "../../../../components/identity/hash";
import type { RedisEngine } from "../../../../components/redis";
import { redis } from "../../../../components/redis";
import { collectResources, settled } from "../../../support/mocks";

type Args = Omit<Extract<RedisEngine, { engine: "kubernetes" }>, "engine" | "image">;

interface Container {
  readonly resources: unknown;
  readonly livenessProbe: unknown;
  readonly readinessProbe: unknown;
}

/** The line of redis.conf, the pod's resources, and its probes. */
async function created(args: Args) {
  const resources = collectResources();
  redis("demo-redis", "demo", { engine: "kubernetes", image: "redis:8", ...args });
  await settled();
  const of = (type: string) => resources.find((each) => each.type === type)!.inputs;
  const { stringData } = of("kubernetes:core/v1:Secret") as {
    stringData: { value: { "redis.conf": string } };
  };
  const { spec } = of("kubernetes:apps/v1:StatefulSet") as {
    spec: { template: { spec: { containers: Container[]; volumes: { name: string }[] } } };
  };
  const { containers, volumes } = spec.template.spec;
  return {
    maxmemory: /^maxmemory .*$/m.exec(stringData.value["redis.conf"])?.[0],
    resources: containers[0]!.resources,
    probes: { ready: containers[0]!.readinessProbe, live: containers[0]!.livenessProbe },
    data: volumes.find(({ name }) => name === "data"),
  };
}

test.each<[string, Args, string, string, string]>([
  ["a queue", {}, "maxmemory 512mb", "64Mi", "1024Mi"],
  ["a queue that may hold more", { maxMemory: "2gb", memory: "1Gi" }, "maxmemory 2gb", "1Gi", "4096Mi"],
  ["a cache", { settings: { maxmemory: "100663296", save: "" } }, "maxmemory 100663296", "64Mi", "192Mi"],
  ["one that requests more", { maxMemory: "100mb", memory: "1Gi" }, "maxmemory 100mb", "1Gi", "1024Mi"],
])("%s holds so much, and its pod takes at most twice as much", async (_, args, maxmemory, request, limit) => {
  expect(await created(args)).toMatchObject({
    maxmemory,
    resources: {
      requests: { memory: request, "ephemeral-storage": "64Mi" },
      limits: { memory: limit, "ephemeral-storage": "2304Mi" },
    },
  });
});

test("without a volume its directory is limited, too", async () => {
  expect((await created({ persistent: false })).data).toEqual({ name: "data", emptyDir: { sizeLimit: "1Gi" } });
});

test("a server that answers with an error gets no requests, and is not restarted", async () => {
  expect((await created({})).probes).toMatchObject({
    ready: { exec: { command: ["redis-cli", "-e", "ping"] } },
    live: { exec: { command: ["redis-cli", "ping"] } },
  });
});

test("another password restarts the server: it reads the password when it starts", async () => {
  const resources = collectResources();
  redis("demo-redis", "demo", { engine: "kubernetes", image: "redis:8" });
  await settled();
  const { spec } = resources.find(({ type }) => type.endsWith(":StatefulSet"))!.inputs as {
    spec: { template: { metadata: { annotations: object } } };
  };
  expect(spec.template.metadata.annotations).toMatchObject({
    "runsheet/secret-values": contentHash("<generated demo-redis>"),
  });
});
