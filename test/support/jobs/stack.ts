/** Stack of the program beside this file, in a copy of the checkout. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute, Workspace, type Result } from "../workspace";

export class JobsStack extends Workspace {
  private readonly state = mkdtempSync(join(tmpdir(), "runsheet-jobs-"));

  /** @param kubeconfig file with the context `test` */
  constructor(private readonly kubeconfig: string) {
    super();
  }

  create(): Promise<Result> {
    return this.run("stack", "init", "test");
  }

  /**
   * Runs an `up` with the task alone.
   * @param seconds its limit. Default: an hour
   */
  async upWith(task: string, seconds = 3600): Promise<Result> {
    await this.run("config", "set", "task", task);
    await this.run("config", "set", "seconds", String(seconds));
    return this.run("up", "--yes", "--skip-preview");
  }

  override remove(): void {
    rmSync(this.state, { recursive: true });
    super.remove();
  }

  private run(...args: string[]): Promise<Result> {
    const directory = join(this.directory, "test", "support", "jobs", "program");
    const environment = {
      KUBECONFIG: this.kubeconfig,
      PULUMI_BACKEND_URL: `file://${this.state}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_CONTINUE_ON_ERROR: "true",
      PULUMI_STACK: "test",
    };
    return execute("pulumi", [...args, "--non-interactive", "--color", "never"], directory, environment);
  }
}
