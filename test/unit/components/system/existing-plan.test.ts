/** Plan of a database that exists without the stack: restores into it. */
import { leavesExisting, planExisting } from "../../../../components/system/existing-plan";
import type { RestoreRecord } from "../../../../components/backups/restore-record";
import type { Databases, Restore } from "../../../../components/system/database-plan";

const name = "db.example/data";
const dump = "daily/20261127T010000Z";
const restore: Restore = { from: { dump }, replaces: name, deadlineSeconds: 3600 };
const left = (more: Partial<Databases> = {}): Databases => ({ live: name, givenUp: [], ...more });
const plan = (settings: { restore?: Restore }, before?: Databases, record?: RestoreRecord) =>
  planExisting("prism", name, settings, before, { restore: record }).existing!;
const recorded = (id: string, step: RestoreRecord["step"], of = dump): RestoreRecord => ({
  ...{ id, dump: of, step, logins: { roles: [] }, writers: { deployments: {}, cronJobs: [], jobs: [] } },
});

test("a restore has an identifier, and is done once", () => {
  const first = plan({ restore }, left());
  expect(first.restore).toEqual({ id: expect.stringMatching(/^[0-9a-f]{8}-1$/) as string, dump });
  expect(first.after).toEqual({ restores: 1, restored: first.restore!.id.slice(0, 8) });
  expect(plan({ restore }, left(first.after))).toEqual({ after: first.after, takeBack: false });
});

test("a restore is done again after it was taken out, as another one", () => {
  const first = plan({ restore }, left());
  const without = plan({}, left(first.after));
  expect(without).toEqual({ after: { restores: 1 }, takeBack: false });
  expect(plan({ restore }, left(without.after)).restore!.id).toBe(`${first.after.restored!}-2`);
});

test("another dump is another restore", () => {
  const first = plan({ restore }, left());
  const second = plan({ restore: { ...restore, from: { dump: "daily/20261126T010000Z" } } }, left(first.after));
  expect(second.restore).toMatchObject({ dump: "daily/20261126T010000Z" });
  expect(second.after.restores).toBe(2);
});

test("the restores of another database do not count", () =>
  expect(
    planExisting("prism", name, { restore, live: name }, { live: "db.old/data", givenUp: [], restores: 3 }).existing!
      .after.restores,
  ).toBe(1));

test("what a removed restore has stopped is taken back", () => {
  expect(plan({}, left(), recorded("abc-1", "unverified")).takeBack).toBe(true);
  expect(plan({}, left(), recorded("abc-1", "done")).takeBack).toBe(false);
  expect(plan({ restore }, left(), recorded("abc-1", "unverified")).takeBack).toBe(false);
});

test("after another restore that broke off, the one before is done again", () => {
  const first = plan({ restore }, left());
  const broken = recorded("def-2", "unverified", "daily/20261126T010000Z");
  expect(plan({ restore }, left(first.after), broken)).toEqual({
    restore: { id: `${first.after.restored!}-2`, dump },
    after: { restores: 2, restored: first.after.restored },
    takeBack: false,
  });
});

describe("a restore that was done by an up that broke off later", () => {
  const { id } = plan({ restore }, left()).restore!;
  const done = recorded(id, "done");

  test("is not done again", () =>
    expect(plan({ restore }, left(), done)).toEqual({
      after: { restores: 1, restored: id.slice(0, 8) },
      takeBack: false,
    }));

  test("counts once it is taken out, so that the same one is done again later", () => {
    const without = plan({}, left(), done);
    expect(without).toEqual({ after: { restores: 1 }, takeBack: false });
    expect(plan({ restore }, left(without.after), done).restore!.id).toBe(`${id.slice(0, 8)}-2`);
  });

  test("is done again after a destroy that left its record in a namespace of others", () =>
    expect(plan({ restore }, undefined, done)).toEqual({
      restore: { id: `${id.slice(0, 8)}-2`, dump },
      after: { restores: 2, restored: id.slice(0, 8) },
      takeBack: false,
    }));

  test("of another database does not count", () =>
    expect(planExisting("prism", "db.other/data", {}, undefined, { restore: done }).existing!.after).toEqual({}));
});

describe("a restore that still runs", () => {
  const { id } = plan({ restore }, left()).restore!;
  const whileRunning = (settings: { restore?: Restore }) =>
    planExisting("prism", name, settings, left(), { restoring: { job: "prism-restore-0123456789", id } }).existing!;

  test("is waited for", () => expect(whileRunning({ restore }).restore).toEqual({ id, dump }));

  test.each<[string, { restore?: Restore }]>([
    ["removed", {}],
    ["changed", { restore: { ...restore, from: { dump: "daily/20261126T010000Z" } } }],
  ])("may not be %s: it would go on beside what is done now", (_, settings) =>
    expect(() => whileRunning(settings)).toThrow(
      `prism:restore: the Job prism-restore-0123456789 of an earlier up is still restoring ${name}, and the configuration does not ask for that any more. ` +
        "Wait until it has ended, or put restore back as it was; or delete the Job with kubectl and run up again, which starts what it has stopped",
    ),
  );
});

test("an archive is no source", () =>
  expect(() => plan({ restore: { ...restore, from: "latest" } }, left())).toThrow(
    "prism:restore.from: a database that exists has no archive of the stack's; name a dump, such as daily/20261127T010000Z",
  ));

test.each([
  [undefined, "is missing"],
  ["db.staging/data", "names db.staging/data"],
])("`replaces` that is %s is refused", (replaces, what) =>
  expect(() => plan({ restore: { ...restore, replaces } }, left())).toThrow(
    `prism:restore.replaces: ${what}, and the database is ${name}. The dump replaces everything in its schemas there: to agree, name it; otherwise leave the restore out`,
  ),
);

test("an unfinished restore keeps the stack at its database", () => {
  const record = {
    id: "abc-1",
    dump,
    step: "replacing",
    writers: { deployments: {}, cronJobs: [], jobs: [] },
  } as const;
  const inCluster = { restore: { ...record, logins: { roles: ["app"] } } };
  const old = { live: "db.old/data", givenUp: [] };
  const message =
    "prism:restore: a restore into db.old/data has left logins of that server refused, and nothing but an up with that database accepts them again. " +
    "Let the URLs lead there, remove restore, run up; then change the database";
  expect(() => planExisting("prism", name, { live: name }, old, inCluster)).toThrow(message);
  expect(() => leavesExisting("prism", { live: "prism-postgresql" }, old, inCluster)).toThrow(message);
  expect(leavesExisting("prism", { live: "prism-postgresql" }, old)).toBe(true);
});
