/**
 * A preview without changes. Its floor is a plain JavaScript program that registers as many ConfigMaps as the
 * stack registers resources.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectDirectory } from "../engine/project";
import { timed, type Compared } from "./compared";
import { execute, kubectl } from "./execute";
import { Part } from "./part";

const namespace = "runsheet-bench";

/** Makes the floor and a stack of these systems, and removes both after the work. */
export async function withPreview(
  systems: readonly string[],
  work: (compared: Compared) => Promise<boolean>,
): Promise<boolean> {
  const part = new Part(systems);
  const directory = mkdtempSync(join(tmpdir(), "runsheet-bench-"));
  // The state is in its directory, so it leaves nothing in the lab's backend.
  const env = { PULUMI_BACKEND_URL: `file://${directory}` };
  const floor = (...args: string[]) =>
    execute("pulumi", [...args, "--stack", "floor", "--non-interactive"], { cwd: directory, env });
  const preview = ["preview", "--expect-no-changes"];
  try {
    writeFloor(directory, part.count);
    kubectl("create", "namespace", namespace);
    floor("stack", "init");
    floor("up", "--yes", "--skip-preview");
    return await work({
      name: `a preview without changes of ${systems.join(", ")}`,
      ...{ floorName: `one of ${part.count} ConfigMaps`, limit: 1.2 },
      work: () => timed(() => part.pulumi(...preview)),
      floor: () => timed(() => floor(...preview)),
    });
  } finally {
    kubectl("delete", "namespace", namespace, "--ignore-not-found");
    rmSync(directory, { recursive: true });
    part.remove();
  }
}

/** Writes the floor program, which is as short as possible. */
function writeFloor(directory: string, count: number): void {
  writeFileSync(join(directory, "Pulumi.yaml"), "name: floor\nruntime: nodejs\nmain: index.js\n");
  writeFileSync(join(directory, "package.json"), '{ "name": "floor", "private": true }\n');
  symlinkSync(join(projectDirectory, "node_modules"), join(directory, "node_modules"));
  writeFileSync(
    join(directory, "index.js"),
    `const kubernetes = require("@pulumi/kubernetes");
const provider = new kubernetes.Provider("cluster", { context: "runsheet-lab", kubeconfig: "", enableServerSideApply: true });
for (let i = 0; i < ${count}; i++) {
  new kubernetes.core.v1.ConfigMap(\`floor-\${i}\`, { metadata: { name: \`floor-\${i}\`, namespace: "${namespace}" }, data: { i: String(i) } }, { provider });
}
`,
  );
}
