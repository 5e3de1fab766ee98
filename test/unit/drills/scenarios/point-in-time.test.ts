/** Time of a restore: not before the first one that the archive has. */
import type { Kubectl } from "../../../../drills/kubectl";
import { pointInTime } from "../../../../drills/scenarios/point-in-time";
import type { DrilledStack } from "../../../../drills/stack";

const stack = {
  namespace: (system: string) => system,
  databases: () => Promise.resolve({ live: "prism-postgresql", server: "prism-postgresql-1a2b", givenUp: [] }),
} as unknown as DrilledStack;
const asked: string[] = [];
const unfit = (store: object | undefined, at?: string) => {
  const run = (...args: string[]) => {
    asked.push(args.join(" "));
    return Promise.resolve(store ? JSON.stringify(store) : "");
  };
  return pointInTime.unfitCluster!({ kubectl: { run } as unknown as Kubectl, stack }, "prism", { at });
};
const first = "2026-11-20T04:00:00Z";
const store = { status: { serverRecoveryWindow: { "prism-postgresql-1a2b": { firstRecoverabilityPoint: first } } } };

test("a time before the first backup is refused", async () => {
  expect(await unfit(store, "2026-11-20T03:59:59Z")).toBe(
    "--at 2026-11-20T03:59:59Z: the first moment to which the archive of prism can be restored is 2026-11-20T04:00:00Z",
  );
  expect(asked).toEqual(["get -n prism objectstores.barmancloud.cnpg.io/prism-postgresql --ignore-not-found -o json"]);
});

test.each([
  ["the first moment", store, first],
  ["no time", store, undefined],
  ["an archive that notes nothing", {}, "2026-11-01T00:00:00Z"],
  ["an archive of other servers", { status: { serverRecoveryWindow: {} } }, "2026-11-01T00:00:00Z"],
  ["no archive", undefined, "2026-11-01T00:00:00Z"],
])("%s is not refused", async (_, found, at) => expect(await unfit(found, at)).toBeUndefined());
