/** Stack of the copy. Its state is where that of the original is, under a name of its own. */
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { leavingInterruption } from "../../lab/interruption";
import type { Kubectl } from "../kubectl";
import { expectOwnNamespaces } from "./own-namespaces";
import { copyOf, type CopyArgs } from "./program";

export class Copy {
  constructor(
    /** Name of the original stack. */
    private readonly from: string,
    private readonly args: CopyArgs,
    /** Directory of the drill's files. */
    private readonly directory: string,
    /** Client of the cluster in which the copy is. */
    private readonly kubectl: Kubectl,
  ) {}

  /** Name of its stack. */
  get name(): string {
    return `${this.from}-elsewhere`;
  }

  /**
   * Restores and verifies the databases.
   * @throws Error with Pulumi's errors
   */
  async up(): Promise<void> {
    const stack = await this.open();
    await leavingInterruption(() => stack.up({ onOutput: this.log, color: "never", suppressProgress: true }));
  }

  /**
   * Destroys all of it, if there is any, and forgets the stack.
   * @throws Error if a namespace is not the one that the copy made
   */
  async destroy(): Promise<void> {
    const stack = await this.open();
    const state = await stack.exportStack();
    await expectOwnNamespaces(state.deployment, (name) =>
      this.kubectl.run("get", "namespace", name, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}"),
    );
    await leavingInterruption(() => stack.destroy({ onOutput: this.log, color: "never", suppressProgress: true }));
    await stack.workspace.removeStack(stack.name);
  }

  private open(): Promise<Stack> {
    return LocalWorkspace.createOrSelectStack({
      stackName: this.name,
      projectName: "runsheet-drill",
      program: () => Promise.resolve(copyOf(this.args)),
    });
  }

  private readonly log = (text: string) => appendFileSync(join(this.directory, "pulumi.log"), text);
}
