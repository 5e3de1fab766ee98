import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { projectDirectory } from "../../../engine/project";
import { graphOf } from "../../../runbook/source/state";
import { writeRunbooks } from "../../../runbook/write";
import { smallSystem } from "../../support/runbook/small-system";

const source = { graph: graphOf(smallSystem), stack: "shop", isDeployed: true, reports: [] };
const directory = mkdtempSync(join(tmpdir(), "runsheet-runbooks-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("each format is a file, whose links lead to the documents from where it is", async () => {
  const output = join(directory, "new", "place");
  const printed: string[] = [];
  await writeRunbooks(source, { formats: ["markdown", "html"], output }, (line) => printed.push(line));
  expect(printed).toEqual([join(output, "demo.md"), join(output, "demo.html")]);
  const recovery = relative(output, join(projectDirectory, "docs/recovery.md"));
  expect(readFileSync(join(output, "demo.md"), "utf8")).toContain(`](${recovery}#restore-a-database)`);
  expect(readFileSync(join(output, "demo.html"), "utf8")).toContain(
    "<li>If the data is, restore the database (<code>docs/recovery.md</code>).</li>",
  );
});

test("a system that the stack does not have is refused before anything is written", async () => {
  const output = join(directory, "nothing");
  await expect(writeRunbooks(source, { system: "prism", formats: ["html"], output }, () => undefined)).rejects.toThrow(
    "the stack has no system prism; it has demo",
  );
  expect(readdirSync(directory)).not.toContain("nothing");
});
