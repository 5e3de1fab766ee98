/** Which database a system works with: a live one is never replaced unless the configuration names it. */
import { planDatabases, type Databases, type Restore } from "../../../components/system/restore";

const first = "prism-postgresql";
const before: Databases = { live: first, server: "prism-postgresql-1a2b3c4d", givenUp: [] };
const latest: Restore = { from: "latest", replaces: first };
const plan = (restore?: Restore, left: Databases | undefined = before, discard: string[] = []) =>
  planDatabases("prism", { restore, discard }, left);
/** What the `up` of a restore leaves when it has succeeded. */
const after = (restore: Restore, left = before): Databases => {
  const { name, givenUp } = plan(restore, left);
  return { live: name, server: `${name}-5e6f7a8b`, givenUp };
};

test("a new stack begins with an empty database", () =>
  expect(planDatabases("prism", {}, undefined)).toEqual({ name: first, restored: false, givenUp: [] }));

test("what is there stays", () => expect(plan()).toEqual({ name: first, restored: false, givenUp: [], before }));

test("a restore is another database, from the archive of the one that it replaces, which is kept", () =>
  expect(plan(latest)).toEqual({
    name: expect.stringMatching(/^prism-postgresql-[0-9a-f]{6}$/) as string,
    restored: true,
    restore: { from: { server: "prism-postgresql-1a2b3c4d", point: "latest" } },
    givenUp: [first],
    before,
  }));

test("a restore that failed is tried again under the same name, another one under another", () => {
  expect(plan(latest)).toEqual(plan(latest));
  const earlier: Restore = { from: { time: "2026-11-27T09:30:00Z" }, replaces: first };
  expect(plan(earlier).name).not.toBe(plan(latest).name);
});

describe("after a restore", () => {
  const restored = after(latest);

  test("its configuration may stay", () =>
    expect(plan(latest, restored)).toEqual({
      name: restored.live,
      restored: true,
      givenUp: [first],
      before: restored,
    }));

  test("its configuration may go", () => expect(plan(undefined, restored)).toEqual(plan(latest, restored)));

  test("another one must name what is live by then, and brings back from its archive", () => {
    const again: Restore = { from: "latest", replaces: restored.live };
    expect(plan(again, restored)).toMatchObject({
      restore: { from: { server: restored.server, point: "latest" } },
      givenUp: [first, restored.live],
    });
    const stale: Restore = { from: { time: "2026-11-27T09:30:00Z" }, replaces: first };
    expect(() => plan(stale, restored)).toThrow(
      `prism:restore.replaces: names prism-postgresql, and the live database is ${restored.live}. To give that up, name it; otherwise leave the restore out`,
    );
  });

  test("what was given up is kept until it is discarded", () => {
    expect(plan(undefined, restored).givenUp).toEqual([first]);
    expect(plan(undefined, restored, [first]).givenUp).toEqual([]);
  });
});

test("a live database that is not named is an error", () =>
  expect(() => plan({ from: "latest" })).toThrow(
    "prism:restore.replaces: is missing, and the live database is prism-postgresql. To give that up, name it; otherwise leave the restore out",
  ));

test("one that is live cannot be discarded", () =>
  expect(() => plan(undefined, before, [first])).toThrow(
    "prism:discard: prism-postgresql is the live database; only what a restore gave up can be discarded",
  ));

describe("on a new stack", () => {
  test("nothing is replaced, and it has to be said which database comes back", () => {
    const lost: Restore = { from: "latest", server: "prism-postgresql-1a2b3c4d" };
    expect(planDatabases("prism", { restore: lost }, undefined)).toMatchObject({
      restored: true,
      restore: { from: { server: "prism-postgresql-1a2b3c4d", point: "latest" } },
      givenUp: [],
    });
    expect(() => planDatabases("prism", { restore: { from: "latest" } }, undefined)).toThrow(
      "prism:restore.server is missing: which database is brought back, by its name in the bucket, a folder of .../prism/archive/",
    );
    expect(() => planDatabases("prism", { restore: latest }, undefined)).toThrow(
      "prism:restore.replaces: this stack has no database prism-postgresql: leave it out",
    );
  });

  test("a dump needs no server", () =>
    expect(planDatabases("prism", { restore: { from: { dump: "daily/20261127T010000Z" } } }, undefined)).toMatchObject({
      restore: { from: { dump: "daily/20261127T010000Z" } },
    }));
});
