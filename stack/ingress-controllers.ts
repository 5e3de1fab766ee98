/** Ingress controllers, from whose namespaces alone the network policies let users in. */
import { controllerOf } from "../components/system/network-settings";
import type { CommonSettings } from "../components/system/settings";
import type { Cluster } from "./cluster";
import { refusal } from "./refusal";

/** System with the settings that say who reaches it. */
interface Reached {
  readonly system: { readonly name: string };
  readonly settings: Pick<CommonSettings, "ingress" | "namespace">;
}

/**
 * Checks that the default namespace of the ingress controller exists, where no other is named.
 * @throws RunError that lists the systems whose users would be kept out
 */
export async function refuseAbsentControllers({ read }: Cluster, systems: readonly Reached[]): Promise<void> {
  const problems = await Promise.all(
    systems.map(async ({ system, settings: { ingress, namespace } }) => {
      if (!ingress || !namespace.create || ingress.controllerNamespace !== undefined) return [];
      const name = controllerOf(ingress);
      if (await read(`/api/v1/namespaces/${name}`)) return [];
      return [
        `the namespace ${name} does not exist, and only from there users reach ${system.name}: set ` +
          `${system.name}:ingress.controllerNamespace to that of the ingress controller, such as kube-system in k3s`,
      ];
    }),
  );
  if (problems.flat().length > 0) throw refusal("users would be kept out", problems.flat());
}
