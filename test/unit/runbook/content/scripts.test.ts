import { scriptsOf } from "../../../../runbook/content/scripts";

const project = Object.fromEntries([
  ["/runsheet/migrate.sh", "sh"],
  [
    "/runsheet/project/sqitch.plan",
    "%project=demo\n\n# first\none 2026 A <a@b>\ntwo [one] 2026 A <a@b>\nthree 2026\n@v1 2026\n",
  ],
  ...["one", "two", "three"].flatMap((name) =>
    ["deploy", "verify", "revert"].map((kind) => [`/runsheet/project/${kind}/${name}.sql`, `${kind} ${name}`] as const),
  ),
]) as Record<string, string>;

const paths = (mode: string, change: string) =>
  scriptsOf(["sh", "/runsheet/migrate.sh", mode, "demo", change], project).map(({ path }) => path);

test("a change's scripts are those that deploy, verify and revert it", () => {
  expect(paths("deploy", "two")).toEqual([
    "migrate.sh",
    "project/deploy/two.sql",
    "project/verify/two.sql",
    "project/revert/two.sql",
  ]);
});

test("changes in one transaction are all those up to the target", () => {
  expect(paths("deploy-together", "two").filter((path) => path.includes("deploy/"))).toEqual([
    "project/deploy/one.sql",
    "project/deploy/two.sql",
  ]);
});

test("going back reverts the changes above the target, the last one first", () => {
  expect(paths("revert", "one")).toEqual(["migrate.sh", "project/revert/three.sql", "project/revert/two.sql"]);
});

test("going back to none reverts all", () => {
  expect(paths("revert", "none").slice(1)).toEqual(["three", "two", "one"].map((name) => `project/revert/${name}.sql`));
});

test("a check of all changes has no script of one", () => {
  expect(paths("check", "any")).toEqual(["migrate.sh"]);
});

test("files are in the order in which the command names them", () => {
  const files = { "/runsheet/a.sql": "a", "/runsheet/b.sql": "b", "/runsheet/c.sql": "c" };
  expect(scriptsOf(["psql", "--file=/runsheet/b.sql", "--file=/runsheet/a.sql"], files)).toEqual([
    { path: "b.sql", text: "b" },
    { path: "a.sql", text: "a" },
  ]);
});

test("migrations of a team's own are found in the same way", () => {
  const files = {
    "/runsheet/migrate.sh": "sh",
    "/runsheet/changes.json": JSON.stringify(["A", "B"].map((name) => ({ name, id: name.toLowerCase() }))),
    ...Object.fromEntries(
      ["change.a", "undo.a", "verify.b", "change.b"].map((name) => [`/runsheet/${name}.sql`, name]),
    ),
  };
  const run = (mode: string, change: string) =>
    scriptsOf(["sh", "/runsheet/migrate.sh", mode, "flyway", change], files).map(({ path }) => path);
  expect(run("deploy-together", "B").slice(1)).toEqual(["change.a.sql", "undo.a.sql", "change.b.sql", "verify.b.sql"]);
  expect(run("deploy", "A").slice(1)).toEqual(["change.a.sql", "undo.a.sql"]);
  expect(run("revert", "none").slice(1)).toEqual(["undo.a.sql"]);
});
