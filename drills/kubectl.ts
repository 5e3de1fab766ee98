import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Client of the stack's cluster, by kubectl. */
export class Kubectl {
  /** Creates a client. `context` is the kubeconfig's. */
  constructor(private readonly context: string) {}

  /**
   * Runs kubectl and resolves to its output.
   * @throws Error with the command and its error output
   */
  async run(...args: string[]): Promise<string> {
    try {
      const { stdout } = await execute("kubectl", ["--context", this.context, ...args], { maxBuffer: 1 << 30 });
      return stdout.trim();
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string };
      throw new Error(`kubectl ${args.slice(0, 4).join(" ")}: ${stderr?.trim() || message}`, { cause: error });
    }
  }

  /** Creates a new object. */
  create(object: object): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn("kubectl", ["--context", this.context, "create", "-f", "-"], {
        stdio: ["pipe", "ignore", "pipe"],
      });
      let errors = "";
      child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
      child.on("error", reject);
      child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`kubectl create: ${errors.trim()}`))));
      child.stdin.end(JSON.stringify(object));
    });
  }
}
