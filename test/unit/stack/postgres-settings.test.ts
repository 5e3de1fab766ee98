/** The key `postgres` of a system: what a database is given, and its image. */
import { collectResources } from "../../support/mocks";
import { cloudnativepg, prismOf, problem, read, resources } from "../../support/read-stack";

beforeEach(() => void collectResources());

test("a parameter of PostgreSQL may be a number, or true or false", () => {
  const parameters = { max_connections: 510, checkpoint_completion_target: 0.9, jit: false, work_mem: "16MB" };
  expect(prismOf(read({ "prism:postgres": cloudnativepg({ parameters }) })).settings.postgres).toMatchObject({
    parameters: { max_connections: "510", checkpoint_completion_target: "0.9", jit: "false", work_mem: "16MB" },
  });
});

test.each(["postgresql", "postgresql:latest", `registry:5000/postgresql@sha256:${"17".repeat(32)}`])(
  "an image of PostgreSQL that is called %s is of nobody knows which version",
  (image) => {
    const refused =
      "must have a tag that begins with PostgreSQL's version, such as registry.example/postgresql:17.6; a digest may come after it";
    const postgres = JSON.stringify({ engine: "cloudnativepg", image });
    expect(() => read({ "prism:postgres": postgres })).toThrow(
      problem(`prism:postgres.image is "${image}"; it ${refused}`),
    );
    const images = JSON.stringify({ postgresql: image });
    expect(() => read({ "runsheet:images": images })).toThrow(
      problem(`runsheet:images.postgresql is "${image}"; it ${refused}`),
    );
  },
);

describe("what a database is given", () => {
  const backups = {
    "runsheet:backups": '{"bucket":"backups"}',
    "runsheet:backupsAccessKeyId": "generated",
    "runsheet:backupsSecretAccessKey": "generated",
  };
  const given = (settings: object, changes: Record<string, string> = {}) =>
    read({ "prism:postgres": cloudnativepg(settings), ...changes }, Object.keys(backups).slice(1));

  test("of its node has to be said where the stack protects its data", () => {
    const missing =
      "prism:postgres.resources is missing: what a server is promised of its node, without which it is the first to be ended where memory is short. Set it, such as { cpu: 500m, memory: 2Gi }; only where runsheet:protect is false it may be left out";
    expect(() => given({ resources: undefined })).toThrow(problem(missing));
    expect(prismOf(given({ resources: undefined }, { "runsheet:protect": "false" })).settings.postgres).toEqual({
      engine: "cloudnativepg",
      instances: 1,
      inheritsRoles: false,
      storage: "10Gi",
      parameters: {},
      podMonitor: false,
    });
  });

  test.each([
    [{ memoryLimit: "1Gi" }, "prism:postgres.resources.memoryLimit is less than prism:postgres.resources.memory"],
    [{ cpu: "1", cpuLimit: "900m" }, "prism:postgres.resources.cpuLimit is less than prism:postgres.resources.cpu"],
    [{ memory: "2G" }, 'prism:postgres.resources.memory is "2G"; it must be a size such as 10Gi'],
    [{ cpu: "half" }, 'prism:postgres.resources.cpu is "half"; it must be CPUs, such as 500m'],
  ])("cannot be %j", (changes, message) =>
    expect(() => given({ resources: { ...resources, ...changes } })).toThrow(
      problem(message.replace(" than prism:", " than ")),
    ),
  );

  test("a pooler has a mode", () => {
    expect(() => given({ pooler: {} })).toThrow(
      problem("prism:postgres.pooler.mode is missing; it must be session or transaction"),
    );
    expect(prismOf(given({ pooler: { mode: "transaction" } })).settings.postgres).toMatchObject({
      pooler: { mode: "transaction", instances: 2, connections: 20, clients: 1000 },
    });
  });

  test("has to hold PostgreSQL's own cache", () => {
    expect(() => given({ parameters: { shared_buffers: "3GB" } })).toThrow(
      problem("prism:postgres.parameters.shared_buffers: 3GB is more than postgres.resources.memory, 2Gi"),
    );
    expect(() => given({ parameters: { shared_buffers: "2GB" } })).not.toThrow();
  });

  test("has to hold half a day of the log where it is archived and protected", () => {
    const full = (key: string, size: string, hours: number) =>
      problem(
        `prism:postgres.${key}: ${size} is full within ${hours} h when the object store takes nothing, since the log grows by up to 960 Mi an hour even of a database that writes little. Set 10Gi or more, or postgres.walStorage to so much`,
      );
    expect(() => given({ storage: "1Gi" }, backups)).toThrow(full("storage", "1Gi", 2));
    expect(() => given({ storage: "100Gi", walStorage: "9Gi" }, backups)).toThrow(full("walStorage", "9Gi", 10));
    expect(() => given({ storage: "1Gi", walStorage: "10Gi" }, backups)).not.toThrow();
    expect(() => given({ storage: "1Gi" })).not.toThrow();
    expect(() => given({ storage: "1Gi" }, { ...backups, "runsheet:protect": "false" })).not.toThrow();
  });

  test("the log is archived as it is said", () => {
    expect(given({}, backups).backups!.wal).toEqual({ compression: "lz4", maxParallel: 1 });
    const wal = { compression: "gzip", maxParallel: 8 };
    const set = { ...backups, "runsheet:backups": JSON.stringify({ bucket: "backups", wal }) };
    expect(given({}, set).backups!.wal).toEqual(wal);
    const unknown = JSON.stringify({ bucket: "backups", wal: { compression: "zip" } });
    expect(() => given({}, { ...backups, "runsheet:backups": unknown })).toThrow(
      problem('runsheet:backups.wal.compression is "zip"; it must be one of lz4, gzip, bzip2, snappy'),
    );
  });
});
