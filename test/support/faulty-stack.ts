/** A stack in which something is wrong: what the tests of the errors have in common. */
import { Workspace } from "./workspace";

/** The stack local, brought up from a copy of the checkout in which a test makes a fault. */
export class FaultyStack extends Workspace {
  /** `up` fails, and its output says so; returns the output. */
  async upFails(...messages: (string | RegExp)[]): Promise<string> {
    const { code, output } = await this.up();
    for (const message of messages) expect(output).toMatch(message instanceof RegExp ? message : literally(message));
    expect(code).not.toBe(0);
    return output;
  }

  /** `up` succeeds; otherwise its output is the error. */
  async upSucceeds(): Promise<void> {
    const { code, output } = await this.up();
    if (code !== 0) throw new Error(output);
  }

  /** The stack as it is in the checkout again, and without drift; for the end of a test file. */
  async restore(): Promise<void> {
    this.remove();
    const checkout = new Workspace();
    const { code, output } = await checkout.up();
    checkout.remove();
    if (code !== 0) throw new Error(output);
  }
}

const literally = (text: string) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
