import { contentHash, HashOfList } from "../../../../components/identity/hash";

test("a list that grows has the hash of the list", () => {
  const values = [{ kind: "alone", text: "VACUUM;" }, "a", 1];
  const growing = new HashOfList();
  expect(values.map((value) => growing.with(value))).toEqual([
    contentHash(values.slice(0, 1)),
    contentHash(values.slice(0, 2)),
    contentHash(values),
  ]);
});
