/** Where the stack is brought up: the lab, or another cluster that was named. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { parse, stringify } from "yaml";
import { kubeconfig, root, state } from "./paths";

/** A Pulumi stack with its state and its cluster. */
export interface Target {
  /** The stack's name; its configuration is Pulumi.NAME.yaml in the checkout. */
  readonly stack: string;
  /** Where Pulumi keeps the state. */
  readonly backend: string;
  /** The kubeconfig to use. Default: the user's own. */
  readonly kubeconfig?: string;
}

export const lab: Target = { stack: "local", backend: `file://${join(state, "pulumi")}`, kubeconfig };

/**
 * Another cluster, by the name of its context: a stack of its own, named after it. Its configuration is written once, the
 * local one without what is only the lab's, and is the user's from then on. Its state is where PULUMI_BACKEND_URL says, else
 * in the user's home: it must outlive the lab.
 * @throws Error if it is no context of the kubeconfig, or if nothing encrypts the secrets in the state
 */
export function otherCluster(context: string): Target {
  const files = (process.env.KUBECONFIG ?? join(homedir(), ".kube", "config")).split(delimiter).filter(existsSync);
  const known = files.flatMap(contextsIn);
  if (!known.includes(context)) {
    const there = known.length > 0 ? `there are: ${known.join(", ")}` : "set KUBECONFIG to a file that has one";
    throw new Error(`your kubeconfig has no context "${context}"; ${there}`);
  }
  const stack = context.replaceAll(/[^A-Za-z0-9_.-]/g, "-");
  if (stack === lab.stack)
    throw new Error(`a context named "${context}" would take the place of the lab's stack: rename it`);
  const home = join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "runsheet", "pulumi");
  const backend = process.env.PULUMI_BACKEND_URL?.replace(/^file:\/\/~/, `file://${homedir()}`) ?? `file://${home}`;
  // Asked for here, for Pulumi would ask in the middle, or fail where nobody can answer.
  const guarded = process.env.PULUMI_CONFIG_PASSPHRASE ?? process.env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (!/^https?:/.test(backend) && guarded === undefined)
    throw new Error(
      `the state in ${backend} holds secrets: set PULUMI_CONFIG_PASSPHRASE, which encrypts them, and keep it for every later run`,
    );
  const configuration = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(configuration)) {
    writeFileSync(configuration, configurationFor(context));
    console.log(`Wrote ${configuration}: look at it, and keep it with the stack.`);
  }
  return { stack, backend };
}

function contextsIn(file: string): string[] {
  const { contexts } = parse(readFileSync(file, "utf8")) as { contexts?: { name: string }[] };
  return (contexts ?? []).map(({ name }) => name);
}

/** Keys of the local stack that are about the lab: its images, its one node, its tests, its receiver of notifications. */
const labOnly = [
  "runsheet:images",
  "runsheet:backups",
  "runsheet:backupsAccessKeyId",
  "runsheet:backupsSecretAccessKey",
  "runsheet:backupsRetentionAccessKeyId",
  "runsheet:backupsRetentionSecretAccessKey",
  "runsheet:protect",
  "ai-backend:models",
  "ai-backend:network",
  "ai-backend:resources",
  "pm:maintenanceDrainSeconds",
  "pm:slackWebhookUrl",
];

function configurationFor(context: string): string {
  const local = parse(readFileSync(join(root, "Pulumi.local.yaml"), "utf8")) as { config: Record<string, unknown> };
  const config = Object.entries(local.config).filter(([key]) => !labOnly.includes(key));
  return stringify({ config: { ...Object.fromEntries(config), "runsheet:context": context } });
}
