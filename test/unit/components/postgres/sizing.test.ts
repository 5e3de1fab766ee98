import { memorySetting, requirements, sizedParameters } from "../../../../components/postgres/sizing";

const small = { instances: 1, storage: "10Gi", archived: true };

test("without resources and replicas nothing follows", () => expect(sizedParameters(small)).toEqual({}));

test("shared_buffers are a quarter of the memory, all caches three quarters", () => {
  const of = (memory: string) => sizedParameters({ ...small, resources: { cpu: "1", memory } });
  expect(of("2Gi")).toEqual({ shared_buffers: "512MB", effective_cache_size: "1536MB" });
  expect(of("513Mi")).toEqual({ shared_buffers: "128MB", effective_cache_size: "384MB" });
});

test("the WAL kept for a replica is bounded by its volume, if there is an archive", () => {
  const replicated = { ...small, instances: 3 };
  expect(sizedParameters(replicated)).toEqual({ max_slot_wal_keep_size: "2560MB" });
  expect(sizedParameters({ ...replicated, walStorage: "20Gi" })).toEqual({ max_slot_wal_keep_size: "10240MB" });
  expect(sizedParameters({ ...replicated, archived: false })).toEqual({});
});

test("what a server is promised, and what it may take where that is said", () => {
  expect(requirements({ cpu: "500m", memory: "2Gi" })).toEqual({ requests: { cpu: "500m", memory: "2Gi" } });
  expect(requirements({ cpu: "1", memory: "2Gi", cpuLimit: "2", memoryLimit: "4Gi" })).toEqual({
    requests: { cpu: "1", memory: "2Gi" },
    limits: { cpu: "2", memory: "4Gi" },
  });
});

test.each([
  ["16384", 128],
  ["131072kB", 128],
  ["128MB", 128],
  [" 2 GB ", 2048],
  ["1TB", 1048576],
  ["much", undefined],
  ["", undefined],
])("a setting of %j takes %s Mi", (text, size) => expect(memorySetting(text)).toBe(size));
