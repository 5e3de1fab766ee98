/** Demands of a change: data at stake, maintenance mode, and the way back. */
import { maintenanceWords } from "../../../preview/words";
import { deployment, migration, project, task, told, types, whole, within } from "./told";

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
      how: [
        "pulumi config set --stack test demo:release 1.0",
        "pulumi config set --stack test --path demo:schema.target users",
        "pulumi up --stack test",
      ],
    });
  });

  test("the way back from the first ones keeps none", () =>
    expect(of([...release, ...migration(first, { ops: ["create"] })]).wayBack.how).toContain(
      "pulumi config set --stack test --path demo:schema.target none",
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

  test("one whose verify script alone is edited stays applied, and can be put back", () => {
    const { why, wayBack } = of(
      project({ "verify/users.sql": "a", "deploy/users.sql": "" }, { "verify/users.sql": "b", "deploy/users.sql": "" }),
      migration(first, { ops: ["replace"], fields: ["metadata.name"] }),
    );
    expect(why).toEqual(["verify or revert script of migration users changed"]);
    expect(wayBack.how).toEqual(["put the configuration back as it was, then pulumi up --stack test"]);
  });

  test("one that was taken over is no added one", () => {
    const taken = (ops: readonly "create"[]) => {
      const command = ["sh", "migrate.sh", "take-over", "demo", first];
      const to = { spec: { template: { spec: { containers: [{ name: "main", command }] } } } };
      return task("migrate", "demo-migrate-taken-over", { to, ops, fields: [] });
    };
    const { why, wayBack } = of(taken(["create"]), migration(second, { ops: ["create"] }));
    expect(why).toEqual(["migration orders added"]);
    expect(wayBack.how[0]).toBe("pulumi config set --stack test --path demo:schema.target users");
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
    expect(wayBack.how).toEqual([
      "pulumi config set --stack test --path demo:schema.target orders",
      "pulumi up --stack test",
    ]);
  });
});

describe("migrations in one task", () => {
  const back = (change: string) => [
    `pulumi config set --stack test --path demo:schema.target ${change}`,
    "pulumi up --stack test",
  ];
  const files = (...changes: string[]) =>
    Object.fromEntries(changes.map((name) => [`deploy/${name}.sql`, `CREATE ${name};`]));

  test("an added one is named, and the way back keeps those before", () => {
    const { why, wayBack } = of(project(files("users"), files("users", "orders")), whole("users", "orders"));
    expect(why).toEqual(["migration orders added"]);
    expect(wayBack).toEqual({ possible: true, how: back("users") });
  });

  test("one whose files an earlier up has brought is told by the task", () => {
    const { why, wayBack } = of(whole("users", "orders"));
    expect(why).toEqual(["migration orders added"]);
    expect(wayBack.how).toEqual(back("users"));
  });

  test("an edited one cannot be gone back from", () => {
    const { why, wayBack } = of(
      project({ "deploy/users.sql": "a" }, { "deploy/users.sql": "b" }),
      whole("users", "users"),
    );
    expect([why, wayBack.possible]).toEqual([["migration users changed"], false]);
  });

  test("from a task each to one task nothing is added, and nothing goes", () => {
    const each = [...migration("orders", { ops: ["delete"] }), ...migration("users", { ops: ["delete"] })];
    const { steps, why, wayBack } = of(whole(undefined, "orders"), each);
    expect(steps.map(({ name }) => name)).toEqual(["migrate"]);
    expect(why).toEqual([]);
    expect(wayBack.how).toEqual(["put the configuration back as it was, then pulumi up --stack test"]);
  });

  test("from one task to a task each an added one alone is named", () => {
    const each = ["users", "orders", "items"].flatMap((change) => migration(change, { ops: ["create"] }));
    const before = files("users", "orders");
    const { why, wayBack } = of(project(before, { ...before, ...files("items") }), each, whole("orders", undefined));
    expect(why).toEqual(["migration items added"]);
    expect(wayBack.how).toEqual(back("orders"));
  });

  test("after a restore, too", () => {
    const { why, wayBack } = of(
      project(files("users"), files("users", "orders")),
      whole("users", "orders", "deploy-all"),
    );
    expect(why).toEqual(["migration orders added"]);
    expect(wayBack.how).toEqual(back("users"));
  });
});

describe("migrations of a command of the team's own", () => {
  const stays =
    "what migrations.command has applied stays: take it back with its own tool, or restore the dump of before";
  const inputs = {
    spec: { template: { spec: { containers: [{ command: ["sh", "migrate.sh", "after", "command", "any"] }] } } },
  };
  const command = { from: inputs, to: inputs };

  test("another release runs it, and going back leaves what it has applied", () => {
    const { why, wayBack } = of(release, task("migrate", "demo-migrate-command", command));
    expect(why).toEqual(["release 1.0 -> 1.1"]);
    expect(wayBack).toEqual({
      possible: true,
      how: ["pulumi config set --stack test demo:release 1.0", "pulumi up --stack test", stays],
    });
  });

  test("the first run of it is no change that schema.target could name", () => {
    const { why, wayBack } = of(task("migrate", "demo-migrate-command", { ...command, ops: ["create"] }));
    expect(why).toEqual([]);
    expect(wayBack.how).toEqual(["put the configuration back as it was", "pulumi up --stack test", stays]);
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

  test.each([
    ["ended before it", { outputs: { status: { completionTime: "2026-11-19T10:00:00Z" } } }],
    ["has not ended", { outputs: { status: { startTime: "2026-11-20T10:01:00Z" } } }],
    ["has never run", { ops: ["create"] as const }],
  ])("is on already if its step has ended, and the one that turns it off %s", (_, off) => {
    const on = task("maintenance-on", "on", { ...ended("2026-11-20T10:00:00Z"), ops: ["same"], fields: [] });
    const system = of(on, task("maintenance-off", "off", off));
    expect(system.maintenance).toEqual({ from: "maintenance-on", until: "maintenance-off", isOn: true });
    expect(maintenanceWords(system)).toBe("yes, it is on since the last up (until maintenance-off)");
  });

  test("is not asked for by what turns it off once more", () => {
    const on = task("maintenance-on", "on", { ...ended("2026-11-20T10:00:00Z"), ops: ["same"], fields: [] });
    expect(of(on, task("maintenance-off", "off", ended("2026-11-20T10:05:00Z"))).maintenance).toEqual({});
  });

  test("is not asked for by a task that is changed where it is", () => {
    const deadline = { ops: ["update"] as const, fields: ["spec.activeDeadlineSeconds"] };
    const { maintenance, steps } = of(task("maintenance-on", "on", deadline));
    expect([maintenance, steps[0]!.changes[0]!.verb]).toEqual([{}, "change"]);
  });

  test("is not needed if only something else runs", () => expect(of(release).maintenance).toEqual({}));
});
