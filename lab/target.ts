/** Where the stack is brought up: the lab, or another cluster that was named. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { kubeconfig, root, state } from "./paths";

/** A Pulumi stack with its state and its cluster. */
export interface Target {
  /** The stack's name. */
  readonly stack: string;
  /** The directory of Pulumi's state. */
  readonly backend: string;
  /** The stack's configuration. */
  readonly configuration: string;
  /** The kubeconfig to use. Default: the user's own. */
  readonly kubeconfig?: string;
}

export const lab: Target = {
  stack: "local",
  backend: join(state, "pulumi"),
  configuration: join(root, "Pulumi.local.yaml"),
  kubeconfig,
};

/**
 * Another cluster: a stack of its own, whose configuration is the local one without the lab's images. Its state and its
 * configuration are kept in the user's home, since they must outlive the lab.
 */
export function otherCluster(context: string): Target {
  const home = join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "runsheet");
  const stack = context.replaceAll(/[^A-Za-z0-9_.-]/g, "-");
  const configuration = join(home, `Pulumi.${stack}.yaml`);
  mkdirSync(join(home, "pulumi"), { recursive: true, mode: 0o700 });
  if (!existsSync(configuration)) writeFileSync(configuration, configurationFor(context));
  return { stack, backend: join(home, "pulumi"), configuration };
}

function configurationFor(context: string): string {
  const local = parse(readFileSync(lab.configuration, "utf8")) as { config: Record<string, unknown> };
  const { "runsheet:images": _, ...config } = local.config;
  return stringify({ ...local, config: { ...config, "runsheet:context": context } });
}
