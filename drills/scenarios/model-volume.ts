import { DrilledDatabase } from "../database";
import type { Scenario } from "../scenario";
import { runPod } from "../pod";
import type { DrilledStack } from "../stack";

const claim = "ai-backend-models";
const deployment = "deployment/ai-backend";
/** Where the drill puts the models aside, on their own volume. */
const aside = ".runsheet-drill";

const modelsOf = (stack: DrilledStack, system: string) =>
  stack.configured<{ version?: string; restore?: string }>(`${system}:models`);

/** The AI Backend's models are lost, and come back from their backup. */
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
      : `take ${system}:models.restore out of the configuration first: it is how the drill brings them back`,

  async run({ stack, kubectl, timeline }, system) {
    const models = modelsOf(stack, system);
    const namespace = stack.namespace(system);
    const { live } = await timeline.step("find an image with a shell", () => stack.databases(system));
    const { image } = await new DrilledDatabase(kubectl, namespace, live).describe();
    const shell = (script: string) =>
      runPod(kubectl, {
        namespace,
        name: "runsheet-drill-models",
        image,
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
      // Also after an interruption: what is aside already is whole, and what it was copied from may not be any more.
      await shell(
        `cd /volume; if [ ! -e ${aside} ]; then rm -rf ${aside}.part; cp -a ${lost} ${aside}.part; mv ${aside}.part ${aside}; fi
         find ${lost} -type f -delete`,
      );
      return Date.now();
    });
    await timeline.step("restore them, and verify (pulumi up)", () =>
      stack.up({ [`${system}:models`]: { ...models, restore: models?.version ?? "1" } }),
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
      systems: [{ system, recovered, loss }],
      notes: [`What is counted are files, and not rows. ${lost} was lost; ${back} was served.`],
    };
  },
};
