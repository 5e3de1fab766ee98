/** Backups whose location differs from that of the last `up`. */
import { locationOutput, placedBackups } from "../../../stack/backups";
import type { Backups } from "../../../components/system";

const here = "https://s3.example.com/backups/production";
const elsewhere = "https://s3.example.com/backups/renamed";
const backups = (prefix: string, movedFrom?: string) =>
  ({ store: { endpoint: "https://s3.example.com", bucket: "backups", prefix }, movedFrom }) as Backups;
const outputs = { backups: { location: here } };

test.each([
  ["of a stack that was never up", {}],
  ["of one whose last up did not say where they are", { prism: { release: "5.0.0" } }],
  ["where they were", outputs],
])("%s, they are where the configuration says, and do not move", (_, outputs) =>
  expect(placedBackups(backups("production"), outputs)?.movesTo).toBeUndefined(),
);

test("another place is refused, with both, and the way out", () =>
  expect(() => placedBackups(backups("renamed"), outputs)).toThrow(
    [
      "the backups would move; nothing was changed:",
      `  - the last up left them in ${here}, but runsheet:backups leads to ${elsewhere}, where restores would not find them: correct its endpoint, bucket or prefix, which by default is the stack's name. To move them: pulumi config set --path runsheet:backups.movedFrom ${here}`,
    ].join("\n"),
  ));

test("also when another place is named than the one that they leave", () =>
  expect(() => placedBackups(backups("renamed", "https://s3.example.com/other"), outputs)).toThrow(
    `the last up left them in ${here}`,
  ));

test("they move while their old place is named, since an up may have moved some", () => {
  expect(placedBackups(backups("renamed", here), outputs)?.movesTo).toBe(elsewhere);
  const after = locationOutput(backups("renamed", here), outputs);
  expect(after).toEqual({ backups: { location: elsewhere } });
  expect(placedBackups(backups("renamed", here), after)?.movesTo).toBe(elsewhere);
  expect(placedBackups(backups("renamed"), after)?.movesTo).toBeUndefined();
});

test("a stack without backups remembers where they were", () => {
  expect(placedBackups(undefined, outputs)).toBeUndefined();
  expect(locationOutput(undefined, outputs)).toEqual(outputs);
  expect(locationOutput(undefined, {})).toEqual({});
});
