/** Headings of the runbook documents: each is named once, and leads to a step or a part that there is. */
import { names } from "../../../systems";
import { headings } from "../../../systems/headings";
import { goldenOf } from "../../support/golden";

/** Steps that only some configurations have. */
const optional = ["restore", "schema", "watch", "reachable", "sentry-test"];

test("every system has the headings of its document", () => {
  expect(Object.keys(headings)).toEqual(names);
});

describe.each(names)("%s", (system) => {
  const all = headings[system]!;

  test("each heading is named once", () => {
    const titles = all.map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  test("each heading has a place or a reason", () => {
    expect(all.filter(({ steps = [], part, leftOut }) => steps.length === 0 && !part && !leftOut)).toEqual([]);
  });

  test("each step that a heading names is one of the system's", () => {
    const steps = [...goldenOf(system).runbook!.steps.map(({ name }) => name), ...optional];
    const unknown = all.flatMap(({ title, steps: named = [] }) =>
      named.filter((name) => !steps.includes(name)).map((name) => `${title}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test("each step of the document is the place of a heading", () => {
    const named = new Set(all.flatMap(({ steps = [] }) => steps));
    const others = goldenOf(system)
      .runbook!.steps.map(({ name }) => name)
      .filter((name) => !named.has(name));
    // Neither is in any of the documents, and an ingress is not in all.
    expect(others.filter((name) => !["live-database", "ingress", "recovery", "rollback"].includes(name))).toEqual([]);
  });
});
