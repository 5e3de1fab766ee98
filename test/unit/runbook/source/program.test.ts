/** The program as the documents see it: the same on every machine, and without secrets. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemsIn } from "../../../../runbook/source/graph";
import { programGraph } from "../../../../runbook/source/program";
import { configurationOf } from "../../../../runbook/source/stack-file";
import { runbookPages } from "../../../../docs/generate/runbooks";
import { names } from "../../../../systems";

const root = join(__dirname, "../../../..");

test("a stack without a file is an error that names those with one", async () => {
  await expect(programGraph("nowhere")).rejects.toThrow(
    /^there is no Pulumi\.nowhere\.yaml; stacks with a file: .*\blocal\b.*\bproduction\b/,
  );
});

test("all documents are what the program says, and have no secret of the file", async () => {
  const { KUBECONFIG: kubeconfig } = process.env;
  const pages = await runbookPages();
  expect(Object.keys(pages)).toEqual(["every-system", ...names].map((name) => `docs/runbooks/${name}.md`));
  for (const [file, text] of Object.entries(pages)) expect(text).toBe(readFileSync(join(root, file), "utf8"));
  const values = Object.values(configurationOf("local")).flatMap((value) =>
    typeof value === "object" && value !== null && "secure" in value ? [String(value.secure)] : [],
  );
  expect(values.length).toBeGreaterThan(3);
  const all = Object.values(pages).join("\n");
  for (const value of values) expect(all).not.toContain(value);
  expect(all).not.toMatch(/<secret |<generated |secret\.invalid/);
  expect(all).not.toContain(root);
  expect(process.env.KUBECONFIG).toBe(kubeconfig);
});

test("a graph without systems has none", () => {
  expect(systemsIn([])).toEqual([]);
});
