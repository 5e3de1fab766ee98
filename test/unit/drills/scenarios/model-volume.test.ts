/** Models of the AI Backend: what an earlier drill has left on their volume is not taken for this one's copy. */
import type { Drill } from "../../../../drills/scenario";
import type { Kubectl } from "../../../../drills/kubectl";
import { modelVolume } from "../../../../drills/scenarios/model-volume";
import { Timeline } from "../../../../drills/timeline";

/** Runs the drill until its `up`. Returns the shell scripts with their values. */
async function scriptsWith(left: Readonly<Record<string, string>>): Promise<string[][]> {
  const scripts: string[][] = [];
  let output = "";
  const kubectl = {
    run: (...args: string[]) => {
      const said = args.join(" ");
      if (said.includes("subPath")) return Promise.resolve("v1; rm -rf /");
      if (said.includes(".status.phase")) return Promise.resolve("Succeeded");
      return Promise.resolve(args[0] === "logs" ? output : "");
    },
    create: ({ spec }: { spec: { containers: [{ command: string[] }] } }) => {
      const [, , script, , ...values] = spec.containers[0].command;
      scripts.push([script!, ...values]);
      if (script!.includes("-name")) output = Object.keys(left).join("\n");
      else if (script!.includes("sha256sum")) output = left[values[0]!] ?? "aa  ./model.bin\nbb  ./index";
      return Promise.resolve();
    },
  } as unknown as Kubectl;
  const stack = {
    namespace: (system: string) => system,
    configured: () => undefined,
    postgresqlImage: () => "postgresql:17",
    up: () => Promise.reject(new Error("that far")),
  };
  const timeline = new Timeline({ print: () => undefined, clock: () => 1_764_582_000_000 });
  const drill = { stack, kubectl, timeline, directory: "" } as unknown as Drill;
  await modelVolume.run(drill, "ai-backend").catch((error: Error) => {
    if (error.message !== "that far") throw error;
  });
  return scripts;
}

const deletion = (scripts: string[][]) => scripts.find(([script]) => script!.includes("-delete"));
const removal = 'rm -rf "/volume/$1"';

test("its copy has a name of its own, and no value is read as a script", async () => {
  const scripts = await scriptsWith({});
  expect(deletion(scripts)!.slice(1)).toEqual(["v1; rm -rf /", ".runsheet-drill-1764582000000"]);
  for (const [script] of scripts) expect(script).not.toMatch(/v1|runsheet-drill/);
  expect(scripts.map(([script]) => script)).not.toContain(removal);
});

test("a copy that has nothing but what is served is removed", async () => {
  const scripts = await scriptsWith({ "./.runsheet-drill": "aa  ./model.bin" });
  expect(scripts).toContainEqual([removal, "./.runsheet-drill"]);
  expect(deletion(scripts)).toBeDefined();
});

test("one with other files is left, and nothing is deleted", () =>
  expect(scriptsWith({ "./.runsheet-drill": "aa  ./model.bin\ncc  ./lost.bin" })).rejects.toThrow(
    "an earlier drill has left ./.runsheet-drill on the volume ai-backend-models, with files that v1; rm -rf / does not have: copy what you need of it, and remove it",
  ));
