/** Removal of the copy that a drill has left, without another drill. */
import { interrupted } from "../directory";
import { Kubectl } from "../kubectl";
import { endProgress } from "../progress-file";
import { StackSettings } from "../stack-settings";
import { expectNone } from "./namespaces";
import { Copy } from "./stack";

/**
 * Removes the copy of a stack, and takes the lock that a killed drill has left on it. A drill that was interrupted is not
 * continued any more.
 * @param reports directory of the drills' reports
 * @throws Error if a namespace is not the one that the copy made
 */
export async function cleanUp(name: string, reports: string, print: (text: string) => void): Promise<void> {
  const stack = StackSettings.read(name);
  const kubectl = new Kubectl(stack.configured<string>("runsheet:context")!);
  await new Copy(name, kubectl, print).destroy({ unlock: true });
  await expectNone(kubectl, stack);
  const drill = { scenario: "restore-elsewhere", system: "stack", stack: name };
  for (const directory of interrupted(reports, drill)) endProgress(directory);
  print(`Nothing of the copy of ${name} is left.\n`);
}
