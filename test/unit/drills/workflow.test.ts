/** Workflow of the drills: reports that say what is due come from the default branch, which not everybody can push to. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { projectDirectory } from "../../../engine/project";

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly env?: object;
  readonly run?: string;
}

function steps(): Step[] {
  const { jobs } = parse(readFileSync(join(projectDirectory, ".github/workflows/drill.yml"), "utf8")) as {
    jobs: Record<string, { steps: readonly Step[] }>;
  };
  return Object.values(jobs).flatMap(({ steps }) => steps);
}

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "drill-workflow-"))));
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs the step that fetches reports, as a schedule does, whose event names no repository. Returns what `gh` was asked. */
function fetched(branch: string): { code: number | null; asked: string[] } {
  const scripts = steps().flatMap(({ run }) => (run?.includes("gh run list") ? [run] : []));
  expect(scripts).toHaveLength(1);
  const log = join(directory, "asked");
  const gh = `#!/bin/sh\necho "$*" >>"${log}"\ncase "$1 $2" in "repo view") echo "${branch}" ;; "run list") echo 7 ;; esac\n`;
  writeFileSync(join(directory, "gh"), gh, { mode: 0o755 });
  const env = { PATH: `${directory}:${process.env.PATH}`, RUNNER_TEMP: directory, STACK: "production" };
  // As GitHub runs it.
  const { status } = spawnSync("bash", ["-e", "-c", scripts[0]!], {
    env: { ...env, GITHUB_REPOSITORY: "team/runsheet" },
  });
  return { code: status, asked: readFileSync(log, "utf8").trimEnd().split("\n") };
}

test("the reports of earlier runs are those of the default branch", () => {
  expect(fetched("trunk")).toEqual({
    code: 0,
    asked: [
      "repo view team/runsheet --json defaultBranchRef --jq .defaultBranchRef.name",
      "run list --workflow drill.yml --branch trunk --limit 50 --json databaseId --jq .[].databaseId",
      `run download 7 --name drill-production --dir ${directory}/earlier/7`,
    ],
  });
});

test("without a branch no report is fetched", () => {
  const { code, asked } = fetched("");
  expect(code).not.toBe(0);
  expect(asked).toHaveLength(1);
});

test("a drill that fails or is cancelled leaves no copy", () => {
  const all = steps();
  const drill = all.findIndex(({ id }) => id === "drill");
  const removal = all[drill + 1]!;
  expect(removal.run).toMatch(/^npm run --silent drill -- restore-elsewhere --from "\$STACK" --clean-up$/m);
  expect(removal.if).toBe(
    "${{ always() && (steps.drill.outcome == 'failure' || steps.drill.outcome == 'cancelled') }}",
  );
  expect(removal.env).toEqual(all[drill]!.env);
});
