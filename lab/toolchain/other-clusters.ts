/** Finds what makes clusters on this machine, so that nobody waits for a lab that they do not need. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { anythingBuilt } from "./build";
import { userPath } from "./pulumi";

const makers = ["kind", "k3d", "minikube", "docker"];

/**
 * Advice for a first `npm run up` where a cluster can be had without the lab. Undefined if there is nothing that makes
 * clusters, or if the lab's programs were built before.
 */
export function withoutBuilding(path = process.env.PATH): string | undefined {
  const found = makers.filter((name) => userPath(path).some((directory) => existsSync(join(directory, name))));
  if (found.length === 0 || anythingBuilt()) return undefined;
  return (
    `The lab is built first, which takes 20 to 30 minutes. ${found.join(", ")} found: with a cluster of your own and Pulumi ` +
    "installed, `npm run up -- --context NAME` needs no build."
  );
}
