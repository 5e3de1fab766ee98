/** A stack in which something is wrong: what the tests of the lab have in common. */
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { forgetChanges, type AddedChange } from "./changes";
import { systems, type System } from "./cluster";
import { Workspace, type Result } from "./workspace";

const configuration = "Pulumi.local.yaml";
const literally = (text: string) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));

/**
 * The stack local, brought up from a copy of the checkout in which a test makes a fault. A file of tests begins with the
 * configuration that the one before it has left (lab-setup.ts): bringing the checkout's own releases back each time would
 * take longer than most of the tests.
 */
export class FaultyStack extends Workspace {
  /** The changes that were added to the plans of this copy. */
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

  /** `up` fails, and its output says so; returns the output. */
  async upFails(...messages: (string | RegExp)[]): Promise<string> {
    const { code, output } = await this.up();
    for (const message of messages) expect(output).toMatch(message instanceof RegExp ? message : literally(message));
    expect(code).not.toBe(0);
    return output;
  }

  /** `up` succeeds, otherwise its output is the error; returns the output. */
  async upSucceeds(): Promise<string> {
    const { code, output } = await this.up();
    if (code !== 0) throw new Error(output);
    return output;
  }

  /** The release that is configured. */
  release(system: System): string {
    return this.configured(`${system}:release`) as string;
  }

  /** Configures the next release of each. */
  nextRelease(...of: readonly System[]): void {
    const next = (release: string) => release.replace(/\d+$/, (number) => String(Number(number) + 1));
    this.configure(Object.fromEntries(of.map((system) => [`${system}:release`, next(this.release(system))])));
  }

  /** The releases of all systems that are configured. */
  get releases(): string[] {
    return systems.map((system) => this.release(system));
  }

  /** For the end of a test file: nothing is left that the next one would stumble over. */
  async leave(): Promise<void> {
    await forgetChanges(this.added);
    if (this.whole) copyFileSync(join(this.directory, configuration), left());
    this.remove();
    if (this.whole) return;
    const checkout = new Workspace();
    const { code, output } = await checkout.up();
    checkout.remove();
    if (code !== 0) throw new Error(output);
    // What an earlier file left is no longer what is deployed.
    rmSync(left(), { force: true });
  }
}

/** Where a file of tests leaves its configuration for the next one. */
const left = () => join(process.env.RUNSHEET_LAB_TESTS!, configuration);
