/** Parts of the original that a copy takes: its servers, and how far its archive goes. */
import { reaches, stateOf } from "../../../../drills/elsewhere/archive-state";
import { loginsOf, serversIn } from "../../../../drills/elsewhere/original";
import { restoreElsewhere } from "../../../../drills/scenarios/restore-elsewhere";
import { question } from "../../../../drills/consent";
import { StackSettings } from "../../../../drills/stack-settings";

test("replicas, plugins, roles and subscriptions stay with the original", () =>
  expect(
    serversIn(
      "prism",
      {
        ...{
          imageName: "postgresql:17",
          instances: 3,
          plugins: [{}],
          managed: {},
          bootstrap: {},
          externalClusters: [],
          imagePullSecrets: [{ name: "prism-registries" }],
        },
        postgresql: { parameters: { max_connections: "200" }, synchronous: {} } as object,
      },
      "prism-postgresql",
    ),
  ).toEqual({
    imageName: "postgresql:17",
    imagePullSecrets: [{ name: "prism-registries" }],
    enableSuperuserAccess: true,
    postgresql: { parameters: { max_connections: "200", max_logical_replication_workers: "0" } },
  }));

test("the logins of private images are the system's, before those of the stack", async () => {
  const login = (username: string) => ({ username, password: "registryPassword" });
  const stack = new StackSettings("production", {
    config: {
      "runsheet:registries": { "docker.io": login("hub"), "registry.example": login("stack") },
      "prism:registries": { "registry.example": login("prism") },
    },
  });
  const secret = (key: string) => Promise.resolve(`secret of ${key}`);
  const reading = { configured: stack.configured.bind(stack), secret } as Parameters<typeof loginsOf>[0];
  expect(await loginsOf(reading, "prism")).toEqual({
    "docker.io": { username: "hub", password: "secret of runsheet:registryPassword" },
    "registry.example": { username: "prism", password: "secret of prism:registryPassword" },
  });
  expect(await loginsOf({ ...reading, configured: () => undefined }, "prism")).toEqual({});
});

test("a login that the configuration does not have is refused", () =>
  expect(() => serversIn("prism", { imagePullSecrets: [{ name: "registry" }] }, "prism-postgresql")).toThrow(
    "the image of prism-postgresql is pulled with the Secret registry, which a copy does not have: give the login in prism:registries, and run up",
  ));

const segment = "00000001000000000000000A";

test.each([
  ["12.5|60|0", 12.5, "prism-postgresql had archived its newest WAL 12.5 s before."],
  ["95|60|3", 95, "prism-postgresql had archived its newest WAL 95.0 s before; 3 segments waited."],
  [
    "7200|60|0",
    60,
    "prism-postgresql had archived its newest WAL 7200.0 s before, and no segment waited: what was written since is younger than archive_timeout (60 s).",
  ],
  ["7200|0|0", 7200, "prism-postgresql had archived its newest WAL 7200.0 s before."],
])("%s: at most %d s are not archived", (row, rpoSeconds, why) =>
  expect(stateOf(`${segment}|${row}`, "prism-postgresql")).toEqual({ segment, rpoSeconds, why }),
);

test("an archive without a segment is an error", () =>
  expect(() => stateOf("||60|0", "prism-postgresql")).toThrow(
    "prism-postgresql has archived nothing since its server started: wait a minute, then run the drill again",
  ));

test.each([
  ["00000002000000000000000A", true],
  ["00000002000000000000000B", true],
  ["000000020000000000000009", false],
])("a restore to %s on a later timeline reaches it: %s", (restored, reached) =>
  expect(reaches(restored, segment)).toBe(reached),
);

const settings = (config: Readonly<Record<string, unknown>>) => new StackSettings("production", { config });
const made = { "prism:postgres": { engine: "cloudnativepg" } };

test("a stack without an archive, or without a database of its own, is refused", () => {
  expect(restoreElsewhere.unsuitable!(settings(made), "stack")).toBe(
    "the stack production has no archive to restore from: set runsheet:backups first",
  );
  const existing = { "runsheet:backups": {}, "prism:postgres": { engine: "existing" } };
  expect(restoreElsewhere.unsuitable!(settings(existing), "stack")).toBe(
    "no database of the stack production is made by it: those that exist have dumps, each of which is restored before it counts",
  );
  expect(restoreElsewhere.unsuitable!(settings({ ...made, "runsheet:backups": {} }), "stack")).toBeUndefined();
});

test("the question says that nothing of the stack is changed", () =>
  expect(question({ stack: "production", context: "prod", cluster: "1" }, restoreElsewhere, "stack").text).toContain(
    "It is in the cluster 1, to which the context prod leads. Nothing of the stack is changed.",
  ));
