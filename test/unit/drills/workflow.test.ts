/** Workflow of the drills: reports that say what is due come from the default branch, which not everybody can push to. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectDirectory } from "../../../engine/project";

interface Step {
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

test("the reports of earlier runs are those of the default branch", () => {
  const { jobs } = parse(readFileSync(join(projectDirectory, ".github/workflows/drill.yml"), "utf8")) as {
    jobs: Record<string, { steps: readonly Step[] }>;
  };
  const lists = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .filter(({ run }) => run?.includes("gh run list"));
  expect(lists).toHaveLength(1);
  expect(lists[0]!.run).toMatch(/gh run list --workflow drill\.yml --branch "\$BRANCH" /);
  expect(lists[0]!.env).toMatchObject({ BRANCH: "${{ github.event.repository.default_branch }}" });
});
