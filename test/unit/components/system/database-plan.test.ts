/** Plan of a system's databases: a live database is never replaced unless the configuration names it. */
import { planDatabases, withoutLost, type Databases, type Restore } from "../../../../components/system/database-plan";

const first = "prism-postgresql";
const before: Databases = { live: first, server: "prism-postgresql-1a2b3c4d", givenUp: [] };
const deadlineSeconds = 3600;
const latest: Restore = { from: "latest", replaces: first, deadlineSeconds };
const plan = (restore?: Restore, left: Databases | undefined = before, discard: string[] = [], protect = false) =>
  planDatabases("prism", { restore, discard }, protect, left);
/** Plan without the outputs of an earlier `up`. */
const planNew = (restore?: Restore) => planDatabases("prism", { restore }, false, undefined);
/** First database, after it was given up. */
const given = { name: first, server: "prism-postgresql-1a2b3c4d" };
/** Outputs after a successful restore. */
const after = (restore: Restore, left = before): Databases => {
  const { name, givenUp } = plan(restore, left);
  return { live: name, server: `${name}-5e6f7a8b`, givenUp };
};

test("a new stack begins with an empty database", () =>
  expect(planNew()).toEqual({ name: first, restored: false, givenUp: [] }));

test("what is there stays", () => expect(plan()).toEqual({ name: first, restored: false, givenUp: [], before }));

test("a restore is a new database, from the archive of the old one, which is kept", () =>
  expect(plan(latest)).toEqual({
    name: expect.stringMatching(/^prism-postgresql-[0-9a-f]{6}$/) as string,
    restored: true,
    restore: { from: { server: "prism-postgresql-1a2b3c4d", point: "latest" }, replaces: first, deadlineSeconds },
    givenUp: [given],
    before,
  }));

test("a failed restore is retried under the same name, another one has another name", () => {
  expect(plan(latest)).toEqual(plan(latest));
  expect(plan({ ...latest, deadlineSeconds: 7200 }).name).toBe(plan(latest).name);
  const earlier: Restore = { ...latest, from: { time: "2026-11-27T09:30:00Z" } };
  expect(plan(earlier).name).not.toBe(plan(latest).name);
});

describe("after a restore", () => {
  const restored = after(latest);

  test("its configuration may stay", () =>
    expect(plan(latest, restored)).toEqual({
      name: restored.live,
      restored: true,
      givenUp: [given],
      before: restored,
    }));

  test("its configuration may go", () => expect(plan(undefined, restored)).toEqual(plan(latest, restored)));

  test("another one must name what is live by then, and brings back from its archive", () => {
    const again: Restore = { ...latest, replaces: restored.live };
    expect(plan(again, restored)).toMatchObject({
      restore: { from: { server: restored.server, point: "latest" } },
      givenUp: [given, { name: restored.live, server: restored.server }],
    });
    const stale: Restore = { ...latest, from: { time: "2026-11-27T09:30:00Z" } };
    expect(() => plan(stale, restored)).toThrow(
      `prism:restore.replaces: names prism-postgresql, and the live database is ${restored.live}. To give that up, name it; otherwise leave the restore out`,
    );
  });

  test("what was given up is kept until it is discarded", () => {
    expect(plan(undefined, restored).givenUp).toEqual([given]);
    expect(plan(undefined, restored, [first]).givenUp).toEqual([]);
  });

  test("what is protected is released first, and deleted by the next up", () => {
    const released = { ...given, released: true };
    expect(plan(undefined, restored, [first], true).givenUp).toEqual([released]);
    expect(plan(undefined, { ...restored, givenUp: [released] }, [first], true).givenUp).toEqual([]);
  });
});

test("what was given up keeps what it was made with, whatever the next one has", () => {
  const made = { image: "postgresql:17.6", storage: "10Gi" };
  expect(plan(latest, { ...before, ...made }).givenUp).toEqual([{ ...given, ...made }]);
});

test("a live database that is not named is an error", () =>
  expect(() => plan({ from: "latest", deadlineSeconds })).toThrow(
    "prism:restore.replaces: is missing, and the live database is prism-postgresql. To give that up, name it; otherwise leave the restore out",
  ));

test("one that is gone on with is not among those that are given up", () => {
  const target = plan(latest).name;
  const left = { ...before, givenUp: [{ name: target }, { name: "prism-postgresql-other" }] };
  expect(plan(latest, left)).toMatchObject({ name: target, givenUp: [{ name: "prism-postgresql-other" }, given] });
});

describe("where the database that is given up is lost with its cluster", () => {
  test("nothing of it is asked or stopped", () => {
    const { name } = plan(latest);
    expect(withoutLost(plan(latest), [])).toEqual({
      name,
      restored: true,
      restore: { from: { server: "prism-postgresql-1a2b3c4d", point: "latest" }, deadlineSeconds },
      givenUp: [],
      before: { server: "prism-postgresql-1a2b3c4d", givenUp: [] },
    });
  });

  test("one that is there is given up as ever", () => expect(withoutLost(plan(latest), [first])).toEqual(plan(latest)));
});

test("one that is live cannot be discarded", () =>
  expect(() => plan(undefined, before, [first])).toThrow(
    "prism:discard: prism-postgresql is the live database; only what a restore gave up can be discarded",
  ));

describe("on a new stack", () => {
  test("nothing is replaced, and it has to be said which database comes back", () => {
    const lost: Restore = { from: "latest", server: "prism-postgresql-1a2b3c4d", deadlineSeconds };
    expect(planNew(lost)).toMatchObject({
      restored: true,
      restore: { from: { server: "prism-postgresql-1a2b3c4d", point: "latest" } },
      givenUp: [],
    });
    expect(() => planNew({ from: "latest", deadlineSeconds })).toThrow(
      "prism:restore.server is missing: which database is brought back, by its name in the bucket, a folder of .../prism/archive/",
    );
    expect(() => planNew({ ...lost, replaces: "prism-postgresql-5e6f7a" })).toThrow(
      "prism:restore.replaces: this stack has no database prism-postgresql-5e6f7a",
    );
  });

  test("the first database is given up by its name, also when no up came to its end", () =>
    expect(planNew({ ...latest, server: "prism-postgresql-1a2b3c4d" })).toMatchObject({
      restored: true,
      givenUp: [{ name: first }],
    }));

  test("a dump needs no server", () =>
    expect(planNew({ from: { dump: "daily/20261127T010000Z" }, deadlineSeconds })).toMatchObject({
      restore: { from: { dump: "daily/20261127T010000Z" } },
    }));
});
