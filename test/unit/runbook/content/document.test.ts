/** The whole document of a system of two steps. */
import type { Block } from "../../../../runbook/content/block";
import { documentOf } from "../../../../runbook/content/document";
import { markdown } from "../../../../runbook/render/markdown";
import { graphOf } from "../../../../runbook/source/state";
import { smallSystem } from "../../../support/runbook/small-system";

const graph = graphOf(smallSystem);
const { title, blocks } = documentOf("demo", { graph, stack: "shop", isDeployed: true, reports: [] });

const isPart = (block: Block) => block.kind === "heading" && block.level <= 2;

/** Markdown of a part, from its heading to the next of the document's parts. */
function part(heading: string): string {
  const from = blocks.findIndex((block) => block.kind === "heading" && block.text === heading);
  const to = blocks.findIndex((block, index) => index > from && isPart(block));
  return markdown(blocks.slice(from, to < 0 ? undefined : to));
}

test("the document begins with its title and its source", () => {
  expect(title).toBe("Demo: Deployment");
  expect(part(title)).toBe(`# Demo: Deployment

This is the state of the stack \`shop\`: what was deployed. The system is \`demo\`, its release \`1.2\`, its namespace \`shop\`.
\`pulumi preview\` shows what would change, and \`pulumi up\` does the steps: each waits until everything in the steps
before it is ready, and one that is done is not done again.
`);
});

test("each step says what it does, what holds if it fails, and how long it took", () => {
  expect(part("Steps")).toBe(`## Steps

\`\`\`mermaid
flowchart TD
  accDescr: The 2 steps of demo, each after the one above it.
  migrate["migrate"]
  verify["verify"]
  migrate --> verify
\`\`\`

| step                                | took the last time                                                    |
| ----------------------------------- | --------------------------------------------------------------------- |
| [\`migrate\`](#1-database-migrations) | its tasks ran 2 min 30 s; ready 2026-11-30 10:02 UTC                  |
| [\`verify\`](#2-verification)         | at most 15 s, of which its tasks ran 12 s; ready 2026-11-30 10:02 UTC |

### 1. Database Migrations

The step \`migrate\`. It is the first one.

- Verified by: everything that it makes is ready
- Taken back by: schema.target
- Leaves on: maintenance mode, until [\`verify\`](#2-verification)
- Took the last time: its tasks ran 2 min 30 s; ready 2026-11-30 10:02 UTC
- If it fails: [mend the cause, and run \`up\` again](#if-a-step-fails); nothing from [\`verify\`](#2-verification) on is
  done; left on until [\`verify\`](#2-verification) is done: maintenance mode

Why it failed is in the error of \`up\`, and here.

\`\`\`sh
kubectl logs -n shop -l app.kubernetes.io/name=demo-migrate --all-containers --tail=-1
\`\`\`

<details>
<summary>Task demo-migrate</summary>

It took 2 min 30 s, ended 2026-11-30 10:02 UTC.

\`\`\`sh
psql --file=/runsheet/add/table.sql 'a b' '[secret]'
\`\`\`

\`add/table.sql\`:

\`\`\`sql
CREATE TABLE orders ();
\`\`\`

</details>

### 2. Verification

The step \`verify\`. It waits for [\`migrate\`](#1-database-migrations).

- Verified by: health
- Took the last time: at most 15 s, of which its tasks ran 12 s; ready 2026-11-30 10:02 UTC
- If it fails: [mend the cause, and run \`up\` again](#if-a-step-fails); it is the last one; left on until
  [\`verify\`](#2-verification) is done: maintenance mode

Why it failed is in the error of \`up\`, and here.

\`\`\`sh
kubectl logs -n shop -l app.kubernetes.io/name=demo-verify --all-containers --tail=-1
kubectl rollout status -n shop deployment/demo
kubectl describe pods -n shop -l app.kubernetes.io/name=demo
\`\`\`

<details>
<summary>Task demo-verify</summary>

It took 12 s, ended 2026-11-30 10:02 UTC.

\`\`\`sh
node /runsheet/runner.cjs
\`\`\`

It waits until the rollouts are over: \`demo\`.

\`\`\`text
health
  GET \${API_URL}/health
  expects: status 200, {"status":"ok"}
  if it fails: Look at the log.
\`\`\`

</details>

It makes:

- Deployment \`demo\` (2 pods)
`);
});

test("what to do about a step that fails is said once", () => {
  expect(part("If a step fails")).toBe(`## If a step fails

The output of \`up\` ends with where each system stands: the step that stopped, what failed, and what is left on.

- What was done stays done. Nothing after the step is done.
- The error of \`up\` has the last lines of the task's log: the SQL error, or the check with what was expected and what
  came.
- Mend the cause, and run \`up\` again: it runs a failed task again, skips what is done, and continues from there.
- If the release is the cause, [go back to the one before](../recovery.md#go-back-to-an-earlier-release).
- If the data is, [restore the database](../recovery.md#restore-a-database).
`);
});

test("contacts are those of the configuration, in their order", () => {
  expect(part("Contacts and escalation")).toBe(`## Contacts and escalation

In this order, from \`demo:contacts\`.

| role    | name | reach                | the next one after |
| ------- | ---- | -------------------- | ------------------ |
| On call |      | on-call@demo.example | 15 min             |
`);
});

test("a system without a document has none of its headings, and no alerts", () => {
  expect(blocks.flatMap((block) => (isPart(block) && "text" in block ? [block.text] : []))).toEqual([
    "Demo: Deployment",
    "Steps",
    "If a step fails",
    "Recovery",
    "Contacts and escalation",
  ]);
});

test("a system that the stack does not have is an error that names those it has", () => {
  expect(() => documentOf("prism", { graph, stack: "shop", isDeployed: true })).toThrow(
    "the stack has no system prism; it has demo",
  );
});
