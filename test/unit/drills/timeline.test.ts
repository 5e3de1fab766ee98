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

test("a step that fails gives back, and is run again with what was seen meanwhile", async () => {
  const timeline = new Timeline(quiet);
  await timeline.step("lose", () => Promise.resolve(1));
  const wayBack = { undo: () => Promise.resolve("It is there again."), undone: ["lose"] };
  await expect(timeline.step("see", () => Promise.reject(new Error("nothing moved")), wayBack)).rejects.toThrow(
    "nothing moved\nIt is there again.",
  );
  expect(saved!.results).toEqual({});
  expect(saved!.steps.at(-1)).toMatchObject({ title: "see", error: "nothing moved\nIt is there again." });
  expect(await goOn().step("lose", () => Promise.resolve(2))).toBe(2);
});

test("a step that succeeds gives nothing back", async () => {
  const undo = jest.fn<Promise<string>, []>();
  await new Timeline(quiet).step("lose", () => Promise.resolve(1), { undo, undone: ["lose"] });
  expect(undo).not.toHaveBeenCalled();
  expect(saved!.results).toEqual({ lose: 1 });
});

test("an interrupted step gives back after its work, and no other begins", async () => {
  let interrupt = (_: Error): void => undefined;
  const interrupted = new Promise<never>((_, reject) => (interrupt = reject));
  const done: string[] = [];
  const timeline = new Timeline({ ...quiet, interrupted });
  const work = async () => {
    interrupt(new Error("interrupted by SIGINT"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    done.push("lost");
  };
  const undo = () => Promise.resolve(`given back after ${done.join()}`);
  await expect(timeline.step("lose", work, { undo })).rejects.toThrow("interrupted by SIGINT\ngiven back after lost");
  const next = jest.fn<Promise<void>, []>();
  await expect(timeline.step("destroy", next)).rejects.toThrow("interrupted by SIGINT");
  expect(next).not.toHaveBeenCalled();
});

test("an error after the last step makes the drill a failed one", () => {
  const timeline = new Timeline(quiet);
  timeline.fail("look at what was found", new Error("no row was written before the disaster"));
  timeline.fail("look at what was found", new Error("it is not recorded twice"));
  expect(saved!.steps).toEqual([
    { title: "look at what was found", begin: 0, end: 0, error: "no row was written before the disaster" },
  ]);
});
