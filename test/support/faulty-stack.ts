/** Stack `local` with injected faults, for the tests of the lab. */
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { forgetChanges, type AddedChange } from "./changes";
import { systems, type System } from "./cluster";
import { releaseAfter, Workspace, type Result } from "./workspace";

const configuration = "Pulumi.local.yaml";
const literally = (text: string) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));

/**
 * Stack `local`, deployed from a copy of the checkout into which a test injects faults. A test file starts with the
 * configuration that the previous one left (lab-setup.ts). Deploying the checkout's own releases again for each file
 * would take longer than most of the tests.
 */
export class FaultyStack extends Workspace {
  /** Changes that were added to the plans of this copy. */
  readonly added: AddedChange[] = [];
  private whole = true;

  constructor() {
    super();
    if (existsSync(left())) copyFileSync(left(), join(this.directory, configuration));
  }

  override async up(...args: string[]): Promise<Result> {
    const result = await super.up(...args);
    this.whole = result.code === 0;
    return result;
  }

  /** Runs an `up` that must fail with these messages. Returns its output. */
  async upFails(...messages: (string | RegExp)[]): Promise<string> {
    const { code, output } = await this.up();
    for (const message of messages) expect(output).toMatch(message instanceof RegExp ? message : literally(message));
    expect(code).not.toBe(0);
    return output;
  }

  /** Runs an `up` that must succeed. Returns its output, and throws with it on failure. */
  async upSucceeds(): Promise<string> {
    const { code, output } = await this.up();
    if (code !== 0) throw new Error(output);
    return output;
  }

  /** Configured release of a system. */
  release(system: System): string {
    return this.configured(`${system}:release`) as string;
  }

  /** Configures the next release of each given system. */
  nextRelease(...of: readonly System[]): void {
    this.configure(Object.fromEntries(of.map((system) => [`${system}:release`, releaseAfter(this.release(system))])));
  }

  /** Configured releases of all systems. */
  get releases(): string[] {
    return systems.map((system) => this.release(system));
  }

  /** Cleans up at the end of a test file. Deploys the checkout again if the last `up` failed. */
  async leave(): Promise<void> {
    await forgetChanges(this.added);
    if (this.whole) copyFileSync(join(this.directory, configuration), left());
    this.remove();
    if (this.whole) return;
    const checkout = new Workspace();
    const { code, output } = await checkout.up();
    checkout.remove();
    if (code !== 0) throw new Error(output);
    // The saved configuration of an earlier file is no longer deployed.
    rmSync(left(), { force: true });
  }
}

/** Path of the configuration that a test file leaves for the next one. */
const left = () => join(process.env.RUNSHEET_LAB_TESTS!, configuration);
