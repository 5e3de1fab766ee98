/** Plan of a database that exists without the stack: restores into it. */
import { planExisting } from "../../../../components/system/existing-plan";
import type { Databases, Restore } from "../../../../components/system/database-plan";

const name = "db.example/data";
const dump = "daily/20261127T010000Z";
const restore: Restore = { from: { dump }, replaces: name, deadlineSeconds: 3600 };
const left = (more: Partial<Databases> = {}): Databases => ({ live: name, givenUp: [], ...more });
const plan = (settings: { restore?: Restore }, before?: Databases, stopped = false) =>
  planExisting("prism", name, settings, before, stopped).existing!;

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
  expect(plan({}, left(), true).takeBack).toBe(true);
  expect(plan({ restore }, left(), true).takeBack).toBe(false);
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
