/** Live database of a system when the outputs and the cluster disagree. */
import { databasesBefore, databasesIn, mismatch } from "../../../../components/system/live-database";
import { planDatabases, type Databases, type Restore } from "../../../../components/system/database-plan";

const first = "prism-postgresql";
const second = "prism-postgresql-ab12cd";
const begun: Databases = { live: first, server: `${first}-1111`, givenUp: [] };
const restored: Databases = {
  live: second,
  server: `${second}-2222`,
  givenUp: [{ name: first, server: `${first}-1111` }],
};
const restore: Restore = { from: "latest", replaces: first, deadlineSeconds: 3600 };

const before = (outputs: Databases | undefined, recorded: Databases | undefined, named?: string) =>
  databasesBefore("prism", named, outputs, { recorded });
/** Reason why the plan is refused. Undefined if it is accepted. */
const refused = (outputs: Databases | undefined, recorded: Databases | undefined, restore?: Restore) =>
  mismatch("prism", planDatabases("prism", { restore }, true, before(outputs, recorded)), { recorded });

test.each([
  ["nothing is known", undefined, undefined],
  ["an earlier version recorded nothing", restored, undefined],
  ["both say the same", restored, restored],
  ["the outputs are lost and there was never a restore", undefined, begun],
])("the plan is one where %s", (_, outputs, recorded) => expect(refused(outputs, recorded)).toBeUndefined());

test("outputs that are lost are as the cluster has them, if the first database is live", () => {
  const recorded = { ...begun, givenUp: [{ name: second }] };
  expect(before(undefined, recorded)).toEqual(recorded);
  expect(before(undefined, restored)).toBeUndefined();
});

test("after a restore, lost outputs are refused: the first database was given up", () =>
  expect(refused(undefined, restored)).toBe(
    [
      `prism: the cluster says that ${second} is live, and by the stack's outputs it is not known which one.`,
      `If ${second} is: pulumi config set prism:live ${second}.`,
      `If an up that restored ${second} did not come to its end: put prism:restore back as it was`,
    ].join(" "),
  ));

test("outputs of before a restore are refused, with both ways out", () =>
  expect(refused(begun, restored)).toBe(
    [
      `prism: the cluster says that ${second} is live, and by the stack's outputs it is ${first}.`,
      `If ${second} is: pulumi config set prism:live ${second}.`,
      `If ${first} is: pulumi config set prism:live ${first}. The other one is stopped then, and kept.`,
      `If an up that restored ${second} did not come to its end: put prism:restore back as it was`,
    ].join(" "),
  ));

test("a restore gives up what is recorded", () => expect(refused(begun, begun, restore)).toBeUndefined());

test("a restore of which the outputs know nothing yet goes on", () => {
  const { name } = planDatabases("prism", { restore }, true, begun);
  const recorded = { live: name, givenUp: [{ name: first }] };
  expect(refused(begun, recorded, restore)).toBeUndefined();
  // The restore is over, and the restored database may have been written to since.
  expect(refused(begun, recorded)).toMatch(`the cluster says that ${name} is live`);
});

test("another restore than that one is refused", () => {
  const recorded = { live: second, givenUp: [{ name: first }] };
  expect(refused(begun, recorded, restore)).toMatch(`the cluster says that ${second} is live`);
});

describe("the one that the configuration names", () => {
  test.each([
    ["of the cluster", begun, restored, second, { ...restored, givenUp: [{ name: first, server: `${first}-1111` }] }],
    ["of the outputs", begun, restored, first, { ...begun, givenUp: [{ name: second, server: `${second}-2222` }] }],
    ["that alone is known", undefined, restored, second, restored],
    ["that both know", restored, restored, second, restored],
  ])("is live, and every other is kept: %s", (_, outputs, recorded, named, databases) =>
    expect(before(outputs, recorded, named)).toEqual(databases),
  );

  test("is kept with whatever else is said of it", () => {
    const outputs = { ...begun, image: "postgresql:16" };
    expect(before(outputs, restored, second)!.givenUp).toContainEqual({
      name: first,
      server: `${first}-1111`,
      image: "postgresql:16",
    });
    const data = { databases: JSON.stringify(outputs) };
    expect(databasesIn("prism", { data })).toEqual(outputs);
  });

  test.each([
    [begun, restored, `${first} or ${second}`],
    [restored, restored, second],
    [undefined, undefined, "nothing that is known"],
  ])("must be one of the two", (outputs, recorded, known) =>
    expect(() => before(outputs, recorded, "prism-postgresql-other")).toThrow(
      `prism:live: names prism-postgresql-other, and live is ${known}; take it out, or name that`,
    ),
  );

  test("is no way to an earlier one", () =>
    expect(() => before(restored, restored, first)).toThrow(
      `prism:live: names ${first}, and live is ${second}; take it out`,
    ));
});

describe("where nothing says which one is", () => {
  const unrecorded = [first, second];
  const planned = (restore?: Restore, databases = unrecorded) =>
    mismatch("prism", planDatabases("prism", { restore }, true, undefined), { unrecorded: databases });

  test("the first alone is live: an up did not come to its end", () =>
    expect(planned(undefined, [first])).toBeUndefined());

  test("several are refused, by their names", () =>
    expect(planned()).toBe(
      `prism: there are the databases ${first}, ${second}, and nothing says which of them is live. Look which one was written to last: pulumi config set prism:live NAME. The others are stopped then, and kept`,
    ));

  test("a restore that did not come to its end goes on", () => {
    const again = { ...restore, server: `${first}-1111` };
    const { name } = planDatabases("prism", { restore: again }, true, undefined);
    expect(planned(again, [first, name])).toBeUndefined();
    expect(planned(again, [first, second, name])).toMatch("nothing says which of them is live");
  });

  test("the one that is named is, and the others are kept", () =>
    expect(databasesBefore("prism", second, undefined, { unrecorded })).toEqual({
      live: second,
      givenUp: [{ name: first }],
    }));
});
