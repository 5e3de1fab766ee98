/** Systems of a stack that its copy has, and the namespaces that they have there. */
import { inAll } from "../in-all";
import type { Kubectl } from "../kubectl";
import type { StackSettings } from "../stack-settings";

/** Systems whose databases a copy restores. */
export const restorable = (stack: StackSettings): string[] => stack.systems.filter((system) => stack.isMade(system));

/** Namespace of a system in the copy. */
export const namespaceOf = (stack: StackSettings, system: string): string =>
  `drill-${stack.namespace(system)}`.slice(0, 63);

/**
 * Checks that no namespace of the copy is there.
 * @throws Error that names one
 */
export async function expectNone(kubectl: Kubectl, stack: StackSettings): Promise<void> {
  await inAll(restorable(stack), async (system) => {
    const name = namespaceOf(stack, system);
    const there = await kubectl.run("get", "namespace", name, "--ignore-not-found", "-o", "name");
    if (there !== "")
      throw new Error(
        `the namespace ${name} is there, and not in the state of the copy: if a drill that was killed has made it, kubectl delete namespace ${name}`,
      );
  });
}
