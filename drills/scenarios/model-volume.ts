import type { Scenario } from "../scenario";
import { runPod } from "../pod";
import type { StackSettings } from "../stack-settings";

const claim = "ai-backend-models";
const deployment = "deployment/ai-backend";
/** Directory on the models' volume to which the drill moves them. */
const aside = ".runsheet-drill";

const modelsOf = (stack: StackSettings, system: string) =>
  stack.configured<{ version?: string; restore?: string }>(`${system}:models`);

/** Deletes the AI Backend's models and restores them from their backup. */
export const modelVolume: Scenario = {
  name: "model-volume",
  title: "ML Model Backups",
  description: "the models of the AI Backend are deleted from their volume, and restored from their backup",
  rto: 3600,
  rpo: 0,
  systems: ["ai-backend"],

  unsuitable: (stack, system) =>
    modelsOf(stack, system)?.restore === undefined
      ? undefined
      : `remove ${system}:models.restore from the configuration first: the drill sets it`,

  async run({ stack, kubectl, timeline }, system) {
    const models = modelsOf(stack, system);
    const version = models?.version ?? "1";
    const namespace = stack.namespace(system);
    const shell = (script: string) =>
      runPod(kubectl, {
        namespace,
        name: "runsheet-drill-models",
        // It has a shell.
        image: stack.postgresqlImage(system),
        command: ["sh", "-euc", script],
        claim,
      });
    const directory = () =>
      kubectl.run(
        ...["get", deployment, "-n", namespace, "-o"],
        "jsonpath={.spec.template.spec.containers[0].volumeMounts[?(@.subPath)].subPath}",
      );
    const sums = async (of: string) =>
      (await shell(`cd /volume/${of}; find . -type f -exec sha256sum {} + | sort`)).split("\n").filter(Boolean);

    const lost = await timeline.step("find the version that is served", directory);
    const before = await timeline.step("read its files", () => sums(lost));
    const disaster = await timeline.step("delete them", async () => {
      // After an interruption the copy is complete, while its source may not be.
      await shell(
        `cd /volume; if [ ! -e ${aside} ]; then rm -rf ${aside}.part; cp -a ${lost} ${aside}.part; mv ${aside}.part ${aside}; fi
         find ${lost} -type f -delete`,
      );
      return Date.now();
    });
    await timeline.step("restore them, and verify (pulumi up)", () =>
      stack.up({ [`${system}:models`]: { ...models, restore: version } }),
    );
    const recovered = await timeline.step("note when they are there", () => Promise.resolve(Date.now()));
    const back = await timeline.step("find the version that is served now", directory);
    const after = await timeline.step("read the files that came back", () => sums(back));
    const survived = before.filter((sum) => after.includes(sum)).length;
    await timeline.step("put the version back that the stack is configured to serve", async () => {
      await shell(`cp -a /volume/${aside}/. /volume/${lost}/; rm -rf /volume/${aside}`);
    });
    await timeline.step("serve it again (pulumi up)", () => stack.up());
    const lostFiles = before.length - survived;
    const rpoSeconds = lostFiles === 0 ? 0 : Infinity;
    const loss = { acknowledged: before.length, survived, lost: lostFiles, doubled: 0, rpoSeconds };
    return {
      disaster,
      systems: [
        {
          system,
          recovered,
          loss,
          restoredFrom: { kind: "backup of the models", name: version },
          verified: ["The SHA-256 of each file was compared with that before the disaster."],
        },
      ],
      notes: [`The figures count files, not rows. ${lost} was lost; ${back} was served.`],
    };
  },
};
