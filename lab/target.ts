/** Targets of the stack: the lab, or another cluster by the name of its context. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { parse, stringify } from "yaml";
import { expectPassphrase } from "./passphrase";
import { kubeconfig, root, state } from "./paths";

/** A Pulumi stack with its state and its cluster. */
export interface Target {
  /** Name of the stack. Its configuration is Pulumi.NAME.yaml in the checkout. */
  readonly stack: string;
  /** URL of the backend that stores Pulumi's state. */
  readonly backend: string;
  /** Path of the kubeconfig. Default: the user's own. */
  readonly kubeconfig?: string;
}

export const lab: Target = { stack: "local", backend: `file://${join(state, "pulumi")}`, kubeconfig };

/**
 * Returns the target for another cluster: a stack named after the kubeconfig context `context`. Its configuration is
 * written once, from the local one without the keys in `labOnly`. From then on it belongs to the user. The state is in
 * PULUMI_BACKEND_URL. Default: a directory in the user's home, which outlives the lab.
 * @throws Error if the kubeconfig has no such context, or if its stack would have the name of the lab's
 * @throws Error if nothing encrypts the secrets in the state
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
  const configuration = join(root, `Pulumi.${stack}.yaml`);
  if (!/^https?:/.test(backend) && !hasSecretsProvider(configuration)) expectPassphrase(backend);
  if (!existsSync(configuration)) {
    writeFileSync(configuration, configurationFor(context));
    console.log(`Wrote ${configuration}: look at it, and keep it with the stack.`);
  }
  return { stack, backend };
}

/** True if something else than a passphrase encrypts the secrets of a stack, such as a key of a cloud. */
function hasSecretsProvider(configuration: string): boolean {
  if (!existsSync(configuration)) return false;
  const { secretsprovider } = (parse(readFileSync(configuration, "utf8")) ?? {}) as { secretsprovider?: string };
  return secretsprovider !== undefined && secretsprovider !== "passphrase";
}

function contextsIn(file: string): string[] {
  const { contexts } = parse(readFileSync(file, "utf8")) as { contexts?: { name: string }[] };
  return (contexts ?? []).map(({ name }) => name);
}

/**
 * Keys of the local stack that apply only to the lab: images, backups, the single node, tests, the notification
 * receiver.
 */
const labOnly = [
  "runsheet:images",
  "runsheet:backups",
  "runsheet:backupsSigningKey",
  "runsheet:protect",
  "ai-backend:models",
  "ai-backend:network",
  "ai-backend:resources",
  "pm:maintenanceDrainSeconds",
  "pm:slackWebhookUrl",
];

/** True for an access key of the lab's object store. */
const isKeyOfStore = (key: string) => /:backups(Retention)?(AccessKeyId|SecretAccessKey)$/.test(key);

function configurationFor(context: string): string {
  const local = parse(readFileSync(join(root, "Pulumi.local.yaml"), "utf8")) as { config: Record<string, unknown> };
  const config = Object.entries(local.config).filter(([key]) => !labOnly.includes(key) && !isKeyOfStore(key));
  return stringify({ config: { ...Object.fromEntries(config), "runsheet:context": context } });
}
