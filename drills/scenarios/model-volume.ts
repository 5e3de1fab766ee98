import type { Scenario } from "../scenario";
import { runPod } from "../pod";
import type { StackSettings } from "../stack-settings";

const claim = "ai-backend-models";
const deployment = "deployment/ai-backend";
/** Beginning of the name of the directory on the models' volume in which a drill keeps them. */
const asidePrefix = ".runsheet-drill";

const deletion = "delete them";

const linesOf = (output: string) => output.split("\n").filter(Boolean);

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
    const shell = (script: string, ...values: readonly string[]) =>
      runPod(kubectl, {
        namespace,
        name: "runsheet-drill-models",
        // It has a shell.
        image: stack.postgresqlImage(system),
        command: ["sh", "-euc", script, "sh", ...values],
        claim,
      });
    const directory = () =>
      kubectl.run(
        ...["get", deployment, "-n", namespace, "-o"],
        "jsonpath={.spec.template.spec.containers[0].volumeMounts[?(@.subPath)].subPath}",
      );
    const sums = async (of: string) =>
      linesOf(await shell('cd "/volume/$1"; find . -type f -exec sha256sum {} + | sort', of));

    const lost = await timeline.stepBefore(deletion, "find the version that is served", directory);
    const before = await timeline.stepBefore(deletion, "read its files", () => sums(lost));
    await timeline.stepBefore(deletion, "make sure that no other drill has left a copy", async () => {
      const left = linesOf(await shell('cd /volume; find . -mindepth 1 -maxdepth 1 -name "$1*"', asidePrefix));
      for (const copy of left) {
        const files = await sums(copy);
        if (!files.every((file) => before.includes(file)))
          throw new Error(
            `an earlier drill has left ${copy} on the volume ${claim}, with files that ${lost} does not have: copy what you need of it, and remove it`,
          );
        await shell('rm -rf "/volume/$1"', copy);
      }
    });
    // A name of its own: a copy that an earlier drill has left is never taken for this one's.
    const aside = `${asidePrefix}-${timeline.started.getTime()}`;
    const disaster = await timeline.step(deletion, async () => {
      // After an interruption the copy is complete, while its source may not be.
      await shell(
        `cd /volume; if [ ! -e "$2" ]; then rm -rf "$2.part"; cp -a "$1" "$2.part"; mv "$2.part" "$2"; fi
         find "$1" -type f -delete`,
        lost,
        aside,
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
      await shell('cp -a "/volume/$2/." "/volume/$1/"; rm -rf "/volume/$2"', lost, aside);
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
