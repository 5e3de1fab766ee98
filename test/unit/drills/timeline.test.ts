/** Steps that make a later one safe: they are run again in a drill that continues, until that one has begun. */
import { Timeline, type Progress } from "../../../drills/timeline";

let saved: Progress | undefined;
const quiet = { print: () => undefined, clock: () => 1000, save: (now: Progress) => (saved = now) };
const goOn = () => new Timeline({ ...quiet, progress: JSON.parse(JSON.stringify(saved)) as Progress });
const prove = (timeline: Timeline, result: string) =>
  timeline.stepBefore("destroy", "prove", () => Promise.resolve(result));
beforeEach(() => (saved = undefined));

test("a proof is run again before what it makes safe", async () => {
  expect(await prove(new Timeline(quiet), "first")).toBe("first");
  expect(await prove(goOn(), "second")).toBe("second");
  expect(saved!.results).toEqual({ prove: "second" });
  await expect(
    goOn().stepBefore("destroy", "prove", () => Promise.reject(new Error("the newest backup is gone"))),
  ).rejects.toThrow("the newest backup is gone");
  // It has failed, so the one before does not count.
  expect(saved!.results).toEqual({});
});

test("once that has begun, even if it was killed, the proof is not asked again", async () => {
  const first = new Timeline(quiet);
  await prove(first, "first");
  void first.step("destroy", () => new Promise(() => {}));
  expect(await prove(goOn(), "second")).toBe("first");
});

test("the progress says what the drill is about", async () => {
  const subject = {
    ...{ scenario: "failover", system: "prism", stack: "local", configuration: "12ab" },
    ...{ context: "local", cluster: "a-uid", backend: "file://~" },
  };
  await new Timeline({ ...quiet, subject }).step("find", () => Promise.resolve());
  expect(saved).toMatchObject({ subject, started: 1000, begun: ["find"] });
});
