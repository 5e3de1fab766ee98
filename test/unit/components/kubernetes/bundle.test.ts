/** Programs that bundle() packs. ESLint sees only their own imports, this test all bundled sources. */
import { buildSync } from "esbuild";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedPackages } from "../../../../components/kubernetes/bundle";
import { names } from "../../../../systems";

const root = join(__dirname, "..", "..", "..", "..");

/** Arguments of all calls of bundle() in the source code. */
const entryPoints = ["components", "systems"]
  .flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, encoding: "utf8" }).map((file) => join(directory, file)),
  )
  .filter((file) => file.endsWith(".ts") && file !== "components/kubernetes/bundle.ts")
  .flatMap((file) => [...readFileSync(join(root, file), "utf8").matchAll(/\bbundle\((?:"([^"]+)"|([^)]*))\)/g)])
  .map(([, path, expression]) => path ?? expression!);
const standIns = names.map((name) => `lab/stand-in/main.${name}.ts`);
const programs = [...entryPoints.filter((path) => path.endsWith(".ts")), ...standIns];

test("every program is known by its path, but for the stand-ins", () => {
  expect(entryPoints.filter((path) => !path.endsWith(".ts"))).toHaveLength(1);
  expect(programs).toContain("components/checks/in-pod/runner.ts");
});

test.each(programs)("%s contains nothing of Pulumi", (program) => {
  const { metafile } = buildSync({
    ...{ entryPoints: [program], absWorkingDir: root, external: [...sharedPackages] },
    ...{ bundle: true, write: false, metafile: true, platform: "node" },
  });
  const sources = Object.keys(metafile.inputs);
  expect(sources).toContain(program);
  expect(sources.filter((source) => source.includes("@pulumi/"))).toEqual([]);
});
