import type { StepRecord } from "../../../../components/runbook";
import { overview, stepSections } from "../../../../runbook/content/steps";
import { markdown } from "../../../../runbook/render/markdown";
import type { DeclaredRunbook, Resource } from "../../../../runbook/source/graph";

const secret = (name: string): Resource => ({
  ...{ urn: name, type: "kubernetes:core/v1:Secret", name, inputs: {}, outputs: {} },
});

const task = (name: string): Resource => ({ ...secret(name), type: "kubernetes:batch/v1:Job" });

/** Runbook with a resource for each step but those in `empty`. */
const runbookOf = (steps: readonly StepRecord[], resources: Readonly<Record<string, readonly Resource[]>> = {}) =>
  ({
    ...{ title: "Demo", namespace: "demo", release: "1", contacts: [], steps },
    resources: new Map(steps.map(({ name }) => [name, resources[name] ?? [secret(name)]])),
  }) satisfies DeclaredRunbook;

const fork: readonly StepRecord[] = [
  { name: "start", title: "Start", after: [] },
  { name: "left", title: "Left", after: ["start"] },
  { name: "right", title: "Right", after: ["start"] },
  { name: "rollback", title: "Rollback", after: ["left", "right"] },
  { name: "end", title: "End", after: ["rollback"] },
];

test("the drawing has what runs side by side, and marks what has nothing to do", () => {
  expect(markdown(overview("demo", runbookOf(fork, { rollback: [] })))).toBe(`\`\`\`mermaid
flowchart TD
  accDescr: The 5 steps of demo, each after the one above it. After start, left and right run side by side.
  start["start"]
  left["left"]
  right["right"]
  rollback["rollback"]
  end["end"]
  start --> left
  start --> right
  left --> rollback
  right --> rollback
  rollback --> end
  classDef empty stroke-dasharray: 4
  class rollback empty
\`\`\`
`);
});

test("after a failure in one branch the steps that wait for it are not done", () => {
  const text = markdown(stepSections(runbookOf(fork, { rollback: [] }), []));
  expect(/### 2\. Left\n\n[^]*?\n\n[^]*?If it fails: ([^]*?)\n\n/.exec(text)![1]!.replaceAll(/\s+/g, " ")).toBe(
    "[mend the cause, and run `up` again](#if-a-step-fails); nothing from [`end`](#5-end) on is done",
  );
});

test("a step without resources says that it has nothing to do", () => {
  const text = markdown(stepSections(runbookOf(fork, { rollback: [] }), []));
  expect(text).toContain(`### 4. Rollback

The step \`rollback\`. It waits for [\`left\`](#2-left) and [\`right\`](#3-right). With this configuration it has nothing to
do.
`);
});

test("of many tasks the error names the one whose log is to be read", () => {
  const tasks = ["one", "two", "three"].map(task);
  expect(markdown(stepSections(runbookOf(fork.slice(0, 1), { start: tasks }), []))).toContain(`
Why it failed is in the error of \`up\`, and here. NAME is the task that the error of \`up\` names.

\`\`\`sh
kubectl logs -n demo -l app.kubernetes.io/name=NAME --all-containers --tail=-1
\`\`\`
`);
});

test("what an earlier step left on is not left on after the step that ends it", () => {
  const steps = fork.map((step) =>
    step.name === "start" ? { ...step, leaves: { what: "the flag", until: "left" } } : step,
  );
  const said = markdown(stepSections(runbookOf(steps), [])).match(/If it fails[^]*?\n\n/g)!;
  expect(said.map((text) => text.includes("the flag"))).toEqual([true, true, false, false, false]);
});

test("a step after one without resources is measured from those before that", () => {
  const made = (name: string, minute: string) => [{ ...secret(name), modified: `2026-11-30T10:${minute}:00Z` }];
  const resources = { start: made("s", "00"), left: made("l", "01"), right: made("r", "02"), end: made("e", "05") };
  const rows = markdown(overview("demo", runbookOf(fork, { ...resources, rollback: [] })));
  expect(rows.split("\n").find((line) => line.includes("`end`") && line.startsWith("|"))).toContain(
    "at most 3 min 0 s; ready 2026-11-30 10:05 UTC",
  );
});
