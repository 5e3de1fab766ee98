/** Lines about a run for a terminal. */
import { View } from "../../../../deployments/terminal/view";
import { courseOf, deploymentOf, eventsOf, upTo, type RecordedRun } from "../../../support/deployment/recorded";

/** Lines after each event, and those at the end. Times are left out. */
function shown(run: RecordedRun, saysBegin: boolean) {
  const view = new View(saysBegin);
  const events = eventsOf(run);
  const lines = events.flatMap((event, index) => view.news(deploymentOf(run, index + 1), 1000 * event.timestamp));
  return { lines: lines.map(withoutTimes), end: view.end(deploymentOf(run)).map(withoutTimes) };
}

const withoutTimes = (line: string) => line.replace(/ \(\d[^)]*\)$/, "").replace(/after \d+ s/, "after N s");

test("each step that ends has one line; unchanged ones have none", () =>
  expect(shown("release", false).lines.sort()).toEqual([
    "  ok      mail       Roll out the workers",
    "  ok      mail       Send a message to ourselves",
    "  ok      shop       Database Migrations",
    "  ok      shop       Maintenance mode",
    "  ok      shop       Maintenance mode off",
    "  ok      shop       Smoke tests",
  ]));

test("where no block shows what runs, a step has a line when it begins, too", () =>
  expect(shown("release", true).lines.filter((line) => line.includes("Smoke tests"))).toEqual([
    "  ...     shop       Smoke tests",
    "  ok      shop       Smoke tests",
  ]));

test("the block has a line for each step that runs, with what is usual, and the whole", () => {
  const count = upTo(eventsOf("release"), "shop-migrate", "begins");
  const deployment = deploymentOf("release", count);
  const block = new View(false).block(deployment, deployment.began! + 61_000);
  expect(block).toEqual([
    expect.stringMatching(/^ {2}\.\.\. {5}mail {7}(Roll out the workers|Send a message to ourselves) \(\d+ s/),
    expect.stringMatching(/^ {2}\.\.\. {5}shop {7}Database Migrations \(\d+ s; last time at most [23] s\)$/),
    expect.stringMatching(/^ {2}\d of 8 steps done, 61 s$/),
  ]);
});

test("Ctrl-C is answered at once, and says what a second one does", () => {
  const events = eventsOf("release");
  const count = upTo(events, "shop-migrate", "begins");
  const event = { sequence: 0, timestamp: 0, stdoutEvent: { message: "^C received; cancelling.\n", color: "always" } };
  const at = events[count - 1]!.timestamp * 1000;
  expect(new View(false).block(courseOf("release", [...events.slice(0, count), event]).deployment(at), at).at(-1)).toBe(
    "  Stopping: nothing more begins, and Pulumi notes what is done. A second Ctrl-C ends it before that",
  );
  const ended = courseOf("release", [...events.slice(0, count), event, ...events.slice(count)]).deployment(at);
  expect(new View(false).end(ended).join("\n")).not.toContain("Stopping");
});

test("a run that was killed says that its lock may be left", () => {
  const events = eventsOf("release");
  const course = courseOf("release", events.slice(0, upTo(events, "shop-migrate", "begins")));
  course.hasEnded();
  expect(new View(false).end(course.deployment(0)).slice(-2)).toEqual([
    expect.stringMatching(/^Interrupted: it was killed, or has lost its machine after /),
    "Its lock on the stack may be left. npm run up removes one that it can see; else, once no up runs: pulumi cancel --stack NAME.",
  ]);
});

test("a run that found the stack locked was not killed, and leaves no lock", () => {
  const course = courseOf("release", []);
  course.hasEnded();
  expect(new View(false).end(course.deployment(0))).toEqual([]);
});

test("before the first event it says what is waited for", () =>
  expect(new View(false).block({ ...deploymentOf("same"), began: undefined }, 0)).toEqual([
    "  The program is being read ...",
  ]));

test("at the end: where the systems stand, the error in full, the way out, the figures", () => {
  const { lines, end } = shown("failed", false);
  expect(lines).toContain("  FAILED  shop       Database Migrations");
  const from = end.findIndex((line) => line.startsWith("  mail"));
  expect(end.slice(from)).toEqual([
    "  mail       done; release 1.1 -> 1.2",
    "  shop       stopped in migrate; release 1.1 -> 1.2",
    "",
    "shop: Database Migrations failed",
    expect.stringMatching(/^ {2}shop-broken: failed to write YAML file: .*: no such file or directory$/),
    "  What to do:",
    "  - mend the cause, and run up again: it goes on from here",
    "  - nothing from verify on is done",
    "  - left on until maintenance-off is done: maintenance mode",
    "    kubectl logs -n shop -l app.kubernetes.io/name=shop-migrate --all-containers --tail=-1",
    "",
    "Failed after N s. Resources: 4 replaced, 3 unchanged.",
  ]);
});

test("a run without changes is short", () => {
  const { lines, end } = shown("same", false);
  expect(lines).toEqual([]);
  expect(end.slice(-4)).toEqual([
    "  mail       unchanged; release 1.2",
    "  shop       unchanged; release 1.2",
    "",
    expect.stringMatching(/^Succeeded after N s\. Resources: \d unchanged\.$/),
  ]);
});
