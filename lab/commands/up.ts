import { parseArgs } from "node:util";
import { ctr, demandMachine, reset, start } from "../cluster";
import { images, importImages } from "../images";
import { environment, runInTerminal, selectStack, unlockStack } from "../pulumi";
import { lab, otherCluster, type Target } from "../target";
import { manifests, pulumiToolchain, withoutBuilding } from "../toolchain";

/** Brings the stack up, in the lab or in the cluster that `--context` names. */
export async function up(args: string[]): Promise<void> {
  const begin = Date.now();
  const { values } = parseArgs({
    args,
    options: {
      context: { type: "string" },
      reset: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      plain: { type: "boolean", default: false },
    },
  });
  const given = consent(values.context, values.yes, process.stdin.isTTY && process.stdout.isTTY);
  const target = values.context === undefined ? lab : otherCluster(values.context);
  if (target === lab) await startLab(values.reset);
  await deploy(target, given, values.plain);
  console.log(`\nUp after ${Math.round((Date.now() - begin) / 1000)} s.`);
  if (target === lab)
    console.log(
      "What runs and how to reach it: npm run lab:status. A shell for pulumi and kubectl: npm run lab:shell.",
    );
}

/** The lab with everything that the stack needs in it: the cluster, the images, the manifests. */
export async function startLab(anew = false): Promise<void> {
  const advice = withoutBuilding();
  if (advice) console.log(advice);
  console.log("The lab");
  await demandMachine();
  await Promise.all([images(), manifests(), pulumiToolchain()]);
  await (anew ? reset() : start());
  await importImages(ctr);
}

/** Consent to what an `up` does: given beforehand, given once the preview is shown, or to be asked for after that. */
type Consent = "given" | "previewed" | "asked";

/**
 * Returns the consent. The lab's own stack needs no preview; for another cluster the preview is shown, and somebody is asked.
 * @throws Error if there is no terminal to ask on, and `--yes` is not given
 */
export function consent(context: string | undefined, yes: boolean, terminal: boolean): Consent {
  if (context === undefined) return "given";
  if (yes) return "previewed";
  if (terminal) return "asked";
  throw new Error(
    `the cluster of the context "${context}" is changed only when somebody has seen the preview, and nobody can be asked here: look at it with pulumi preview, then add --yes`,
  );
}

/** Program that shows an `up` as steps. It knows the runbooks, and the lab does not: it is handed no more than its name. */
const shown = ["--require", "./register.cjs", "deployments/up/main.ts"];

async function deploy(target: Target, given: Consent, plain: boolean): Promise<void> {
  const env = await environment(target);
  await unlockStack(target, env);
  await selectStack(target, env);
  console.log(`The stack ${target.stack}`);
  const args = ["--stack", target.stack, "--consent", given, ...(plain ? ["--plain"] : [])];
  const code = await runInTerminal("node", [...shown, ...args], env, ["SIGINT", "SIGTERM"]);
  if (code === 0) return;
  throw new Error(
    `pulumi up ended with ${code}. ${given === "asked" ? "If the answer was no, nothing was done. " : ""}What was done before the failing step stays as it is, nothing after it was done. ` +
      "Mend the cause that is named above and run `npm run up` again: it goes on from there.",
  );
}
