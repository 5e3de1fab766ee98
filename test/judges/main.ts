/**
 * Has kube-score, checkov and kubeconform judge the golden manifests. Everything that they find is explained in
 * explained.yaml, and everything that is explained there is found.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { explanations, problemsOf, type Finding } from "./findings";
import { checkov, kubeconform, kubeScore } from "./judges";
import { goldenManifests, type Manifest } from "./manifests";
import { writeSchemas } from "./schema-files";

async function judged(stacks: ReadonlyMap<string, readonly Manifest[]>, directory: string): Promise<Finding[]> {
  const [manifests, schemas] = [join(directory, "manifests"), join(directory, "schemas")];
  for (const each of [manifests, schemas]) mkdirSync(each);
  const fileOf = (stack: string) => join(manifests, `${stack}.yaml`);
  for (const [stack, objects] of stacks)
    writeFileSync(fileOf(stack), objects.map((each) => `---\n${stringify(each, { lineWidth: 0 })}`).join(""));
  const byCheckov = checkov(manifests);
  byCheckov.catch(() => undefined); // told below, after the others
  await writeSchemas(schemas, new Set([...stacks.values()].flat().map(({ kind }) => kind)));
  const conforming = await kubeconform(manifests, schemas);
  const scored = await Promise.all([...stacks.keys()].map((stack) => kubeScore(stack, fileOf(stack))));
  return [...conforming, ...scored.flat(), ...(await byCheckov)];
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "runsheet-judges-"));
  try {
    const findings = await judged(goldenManifests(), directory);
    const explained = explanations.parse(parse(readFileSync(join(__dirname, "explained.yaml"), "utf8")));
    const problems = problemsOf(findings, explained);
    if (problems.length > 0)
      throw new Error(
        `The judges of the golden manifests. Mend what they find, or explain it in test/judges/explained.yaml:\n  ${problems.join("\n  ")}`,
      );
    console.log(`The judges of the golden manifests: ${findings.length} findings, all of them explained.`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
