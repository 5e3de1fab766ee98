/** Preview as text and as Markdown. */
import { textLimit } from "../../../github/api";
import { markdown } from "../../../preview/markdown";
import { text } from "../../../preview/text";
import { complained, resource, said, urnOf } from "../../support/engine-events";
import { deployment, migration, task, told, types, within } from "./told";

const change = [
  ...deployment({ release: "1.0", target: "" }, { release: "1.1", target: "" }),
  ...migration("users"),
  ...migration("orders", { ops: ["create"] }),
  ...task("maintenance-on", "demo-maintenance-on"),
  ...task("maintenance-off", "demo-maintenance-off"),
];
const replaced = within("environment", {
  ...{ type: types.cluster, name: "demo-postgresql", ops: ["replace"], fields: ["metadata.name"] },
});

test("no change is one line, also with warnings", () => {
  expect(text(told([]))).toBe("The stack test has no changes.\n");
  expect(text(told([said("warning", "beware")]))).toBe(
    "The stack test has no changes. Warnings (--format json shows them): 1.\n",
  );
  expect(markdown(told([]))).toBe("<!-- runsheet-preview: test -->\n### The stack test has no changes.\n");
});

test("a change as text", () =>
  expect(text(told(change))).toBe(`Changes of the stack test: 1 runs, 2 runs again, 1 renewed.

Demo Runbook (demo)
  because of: release 1.0 -> 1.1; migration orders added
  environment: Provide what is needed
    because of: release 1.0 -> 1.1; migration orders added
    renewed           RandomId demo-deployment
  maintenance-on: Enable Maintenance Mode
    because of: release 1.0 -> 1.1; migration orders added
    runs again        Job demo-maintenance-on
  migrate: Migrate the database
    because of: release 1.0 -> 1.1; migration orders added
    runs              Job demo-migrate-orders
  maintenance-off: Disable Maintenance Mode
    because of: release 1.0 -> 1.1; migration orders added
    runs again        Job demo-maintenance-off
  maintenance mode: yes, for an unknown time (from maintenance-on to maintenance-off)
  way back: yes
    pulumi config set --stack test demo:release 1.0
    pulumi config set --stack test --path demo:schema.target users
    pulumi up --stack test
`));

test("data at stake stands before everything else", () => {
  const preview = told([...replaced, ...change]);
  const danger = "REPLACED: Cluster demo-postgresql of demo, step environment (metadata.name). It holds data.";
  expect(text(preview).split("\n").slice(0, 2)).toEqual(["DATA IS AT STAKE", `  !! ${danger}`]);
  expect(markdown(preview).split("\n").slice(3, 6)).toEqual([
    "> [!CAUTION]",
    "> **Data is at stake.**",
    "> - REPLACED: Cluster demo-postgresql of demo, step environment \\(metadata.name\\). It holds data.",
  ]);
});

test("policies, errors and findings in migrations as text", () => {
  const events = [
    complained("kept", "mandatory", "keep it", urnOf(types.configMap, "it")),
    said("error", "it failed:\n- a reason"),
    said("warning", "old kind", urnOf(types.configMap, "it")),
  ];
  const findings = [
    { file: "deploy/a.sql", line: 3, level: "warning", rule: "require-lock-timeout", message: "Missing lock_timeout" },
    { file: "sqitch.plan", level: "error", rule: "sqitch-plan", message: "lists no change" },
  ] as const;
  expect(text(told(events, { failed: true, findings }))).toBe(`The preview of the stack test failed.

Errors
  it failed:
    - a reason

Policies
  kept (mandatory) it: keep it

Warnings
  it: old kind

Migrations
  deploy/a.sql:3: warning: require-lock-timeout: Missing lock_timeout
  sqitch.plan: error: sqitch-plan: lists no change
`);
});

describe("Markdown", () => {
  test("begins with the marker of its stack, the result and a table of the systems", () =>
    expect(markdown(told(change)).split("\n").slice(0, 7)).toEqual([
      "<!-- runsheet-preview: test -->",
      "### Changes of the stack test: 1 runs, 2 runs again, 1 renewed.",
      "",
      "| system | because of | steps | changes | maintenance mode | way back |",
      "| --- | --- | --- | --- | --- | --- |",
      "| demo | release 1.0 -&gt; 1.1; migration orders added | environment, maintenance-on, migrate, maintenance-off | 1 runs, 2 runs again, 1 renewed | yes, for an unknown time \\(from maintenance-on to maintenance-off\\) | yes |",
      "",
    ]));

  test("folds the details", () => {
    const lines = markdown(told(change)).split("\n");
    expect(lines.filter((line) => line === "<details>")).toHaveLength(1);
    expect(lines).toContain("<summary>Demo Runbook (demo)</summary>");
    expect(lines).toContain("- runs `Job demo-migrate-orders`");
  });

  test("gives no name a meaning: no mention, no tag, no cell", () => {
    const names = ["@team/a|b", "<img src=x>", "`tick`"];
    const body = markdown(
      told(names.flatMap((name) => within("backend", { type: types.configMap, name, ops: ["create"] }))),
    );
    expect(body).toContain("- added `ConfigMap @team/a|b`");
    expect(body).toContain("- added `ConfigMap <img src=x>`");
    expect(body).toContain("- added `` ConfigMap `tick` ``");
    const danger = markdown(told(resource({ type: types.cluster, name: "@team|<b>", ops: ["delete"] })));
    expect(danger).toContain("Cluster @<!-- -->team\\|&lt;b&gt;.");
  });

  const many = (length: number) =>
    Array.from({ length }, (_, index) =>
      within("backend", { type: types.configMap, name: `configuration-${index}`, ops: ["create"] }),
    ).flat();

  test("stays below the limit of a comment, and says what is left out", () => {
    const whole = markdown(told(many(3000)), Infinity);
    expect(whole.length).toBeGreaterThan(textLimit);
    const body = markdown(told(many(3000)));
    expect(body.length).toBeLessThanOrEqual(textLimit);
    expect(body).toContain("- 2900 of 3000 are left out here: the job's log has them");
    expect(body).toContain("</details>");
    expect(body.match(/configuration-\d+/g)).toHaveLength(100);
  });

  test("is cut where even the shortest lists are too long", () => {
    const message = (index: number) => `${index} ${"x".repeat(1000)}`;
    const body = markdown(told([0, 1, 2].map((index) => said("error", message(index)))), 1500);
    expect(body).toHaveLength(1500);
    expect(body.endsWith("The rest is left out: it is too long for a comment. The job's log has all of it.\n")).toBe(
      true,
    );
  });

  test("tells findings in migrations, and that there are none", () => {
    const finding = { file: "a_b.sql", line: 3, level: "error", rule: "ban", message: "No" } as const;
    expect(markdown(told([], { findings: [finding] }))).toContain("**Migrations**\n\n- a\\_b.sql:3: error: ban: No");
    expect(markdown(told([], { findings: [] }))).toContain("The migrations that are new or changed have no findings.");
  });
});
