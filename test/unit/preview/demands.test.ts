/** Demands of a change: data at stake, maintenance mode, and the way back. */
import { deployment, migration, task, told, types, within } from "./told";

const release = deployment({ release: "1.0", target: "" }, { release: "1.1", target: "" });
const of = (...events: Parameters<typeof told>[0][]) => told(events.flat()).systems[0]!;

describe("migrations", () => {
  const [first, second] = ["users", "orders"];

  test("an added one is named, and the way back keeps the last one before", () => {
    const added = [...release, ...migration(first), ...migration(second, { ops: ["create"] })];
    const { why, wayBack } = of(added);
    expect(why).toEqual(["release 1.0 -> 1.1", "migration orders added"]);
    expect(wayBack).toEqual({
      possible: true,
      how: ["pulumi config set demo:release 1.0", "pulumi config set --path demo:schema.target users", "pulumi up"],
    });
  });

  test("the way back from the first ones keeps none", () =>
    expect(of([...release, ...migration(first, { ops: ["create"] })]).wayBack.how).toContain(
      "pulumi config set --path demo:schema.target none",
    ));

  test("an edited one cannot be gone back from", () => {
    const edited = { ops: ["replace"] as const, fields: ["metadata.name"] };
    const { why, wayBack } = of(migration(first, edited));
    expect(why).toEqual(["migration users changed"]);
    expect(wayBack).toEqual({
      possible: false,
      how: ["users may be applied already, and up then refuses the edited script: put it back, and add a change"],
    });
  });

  test("one that runs again because of another target is not edited", () => {
    const lower = deployment({ release: "1.0", target: "orders" }, { release: "1.0", target: "users" });
    const { why, wayBack } = of(
      ...[
        lower,
        migration(first, { ops: ["replace"], fields: ["metadata.name"] }),
        migration(second, { ops: ["delete"] }),
      ],
    );
    expect(why).toEqual(["schema target orders -> users", "migration orders no longer wanted"]);
    expect(wayBack.how).toEqual(["pulumi config set --path demo:schema.target orders", "pulumi up"]);
  });
});

describe("data", () => {
  const cluster = { type: types.cluster, name: "demo-postgresql", fields: ["metadata.name"] };

  test("a replaced database is a danger, and no configuration brings its data back", () => {
    const { dangers, systems } = told(within("environment", { ...cluster, ops: ["replace"] }));
    expect(dangers).toMatchObject([
      {
        verb: "replace",
        kind: "Cluster",
        name: "demo-postgresql",
        system: "demo",
        step: "environment",
        loss: "holds data",
      },
    ]);
    expect(systems[0]!.wayBack.possible).toBe(false);
    expect(systems[0]!.why).toEqual(["another database"]);
  });

  test.each([
    [types.password, "demo-admin", "is a generated password, and what was made with it knows no other"],
    [types.id, "demo-server", "is the name of a database's archive, and its backups are not found by another one"],
    ["kubernetes:core/v1:PersistentVolumeClaim", "demo-models", "holds data"],
    ["aws:s3/bucket:Bucket", "backups", "holds the backups"],
  ])("a deleted %s is a loss", (type, name, loss) =>
    expect(told(within("environment", { type, name, ops: ["delete"] })).dangers).toMatchObject([{ name, loss }]),
  );

  test("one that stays where it is, an update, and an identifier of tasks are none", () =>
    expect(
      told([
        ...within("environment", { ...cluster, ops: ["delete"], retainOnDelete: true }),
        ...within("environment", { ...cluster, name: "other", ops: ["update"] }),
        ...release,
      ]).dangers,
    ).toEqual([]));
});

describe("maintenance mode", () => {
  const ended = (completionTime?: string) => ({ outputs: { status: { completionTime } } });

  test("is needed if its step runs, for as long as the last time", () => {
    const on = task("maintenance-on", "on", ended("2026-11-20T10:00:00Z"));
    const off = task("maintenance-off", "off", ended("2026-11-20T10:06:40Z"));
    expect(of(on, off).maintenance).toEqual({ from: "maintenance-on", until: "maintenance-off", minutes: 7 });
  });

  test.each([
    ["the state has no times", undefined, undefined],
    ["one of the steps has not ended", "2026-11-20T10:00:00Z", undefined],
    ["the times are of different runs", "2026-11-20T10:00:00Z", "2026-11-19T10:00:00Z"],
  ])("its length is unknown if %s", (_, begin, end) =>
    expect(
      of(task("maintenance-on", "on", ended(begin)), task("maintenance-off", "off", ended(end))).maintenance,
    ).toEqual({
      from: "maintenance-on",
      until: "maintenance-off",
    }),
  );

  test("is not needed if only something else runs", () => expect(of(release).maintenance).toEqual({}));
});
