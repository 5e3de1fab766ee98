/** Stack of the copy. Its state is where that of the original is, under a name of its own. */
import { ConcurrentUpdateError, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { leavingInterruption } from "../../lab/interruption";
import type { Kubectl } from "../kubectl";
import { expectOwnNamespaces } from "./own-namespaces";
import { copyOf, type CopyArgs } from "./program";

export class Copy {
  constructor(
    /** Name of the original stack. */
    private readonly from: string,
    /** Client of the cluster in which the copy is. */
    private readonly kubectl: Kubectl,
    /** Takes Pulumi's output. */
    private readonly onOutput: (text: string) => void,
  ) {}

  /** Name of its stack. */
  get name(): string {
    return `${this.from}-elsewhere`;
  }

  /**
   * Restores and verifies the databases.
   * @throws Error with Pulumi's errors
   */
  async up(args: CopyArgs): Promise<void> {
    const stack = await this.open(() => copyOf(args));
    await leavingInterruption(() => stack.up(this.options));
  }

  /**
   * Destroys all of it, if there is any, and forgets the stack.
   * @param unlock takes the lock of a drill that was killed. Default: false
   * @throws Error if a namespace is not the one that the copy made, or if another drill has the lock
   */
  async destroy({ unlock = false } = {}): Promise<void> {
    const stack = await this.open();
    const state = await stack.exportStack();
    await expectOwnNamespaces(state.deployment, (name) =>
      this.kubectl.run("get", "namespace", name, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}"),
    );
    const destroy = () => leavingInterruption(() => stack.destroy(this.options));
    await destroy().catch(async (error: unknown) => {
      if (!(error instanceof ConcurrentUpdateError)) throw error;
      if (!unlock)
        throw new Error(
          `the stack ${this.name} of the copy is locked: another drill of ${this.from} is at work, or one was killed. If none is, on no machine, remove the copy first: ${cleanUpCommand(this.from)}`,
          { cause: error },
        );
      await stack.cancel();
      await destroy();
    });
    await stack.workspace.removeStack(stack.name);
  }

  private get options() {
    return { onOutput: this.onOutput, color: "never", suppressProgress: true } as const;
  }

  /** Opens the stack. Only an `up` runs the program. */
  private open(program = () => {}): Promise<Stack> {
    return LocalWorkspace.createOrSelectStack({
      stackName: this.name,
      projectName: "runsheet-drill",
      program: () => Promise.resolve(program()),
    });
  }
}

/** Command that removes the copy of a stack. */
export const cleanUpCommand = (stack: string): string =>
  `npm run drill -- restore-elsewhere --from ${stack} --clean-up`;
