/** The lab's programs: built once from Go modules, kept in the cache, found again by what they are made of. */
import { join } from "node:path";
import { cache } from "./paths";
import { copiedFromModule } from "./toolchain/build";
import { releaseManifests } from "./toolchain/recipes";

export { withoutBuilding } from "./toolchain/other-clusters";
export { pulumiToolchain, type PulumiToolchain } from "./toolchain/pulumi";
export type { Tool } from "./toolchain/recipes";
export { tool, tools } from "./toolchain/tools";

/** Puts the operators' release manifests into the cache: manifests/SHA-256.yaml. */
export async function manifests(): Promise<void> {
  for (const { tool: name, module, file, sha256 } of releaseManifests)
    await copiedFromModule(name, module, file, sha256, join(cache, "manifests", `${sha256}.yaml`));
}
