/**
 * Stack of the whole program that the real engine deploys without a cluster, in a copy of the checkout. Its objects are
 * rendered to files, and a server stands in for the API of an empty cluster.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddedChange } from "./changes";
import { emptyCluster } from "./cluster-reader";
import { resourcesOf, type StateResource } from "./state";
import { Workspace } from "./workspace";

export class RenderedStack extends Workspace {
  /** Changes that were added to the plans of this copy. */
  readonly added: AddedChange[] = [];
  private readonly state = mkdtempSync(join(tmpdir(), "runsheet-rendered-"));
  private readonly server: Server;
  /** Variables of every command. */
  readonly environment: Readonly<Record<string, string>>;

  /** @param stack name of the stack. Another one than local has a copy of its configuration */
  constructor(readonly stack = "local") {
    super();
    this.server = createServer(({ url }, response) => {
      const found = (emptyCluster as Readonly<Record<string, unknown>>)[url!];
      response.writeHead(found ? 200 : 404).end(JSON.stringify(found ?? { message: "there is no such thing" }));
    });
    this.environment = {
      KUBECONFIG: join(this.state, "kubeconfig"),
      PULUMI_BACKEND_URL: `file://${this.state}/state`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_STACK: stack,
    };
    if (stack !== "local") writeFileSync(join(this.directory, `Pulumi.${stack}.yaml`), this.read("Pulumi.local.yaml"));
  }

  /** Creates the stack with these systems, without the platform's operators. */
  async create(systems: readonly string[]): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const cluster = { server: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}` };
    writeFileSync(
      this.environment.KUBECONFIG!,
      JSON.stringify({
        clusters: [{ name: "empty", cluster }],
        users: [{ name: "nobody", user: {} }],
        contexts: [{ name: "runsheet-lab", context: { cluster: "empty", user: "nobody" } }],
      }),
    );
    this.set({ "runsheet:systems": systems, "runsheet:platform": { install: false } });
    const directory = JSON.stringify(join(this.state, "objects"));
    // Changes ConfigMaps and Secrets in place, as the program's own provider does.
    const mutable = "enableConfigMapMutable: true, enableSecretMutable: true";
    const args = `{ renderYamlToDirectory: ${directory}, kubeconfig: "", ${mutable} }`;
    this.edit("index.ts", (text) => text.replace(/(?<=new Provider\(\s*"cluster",\s*)\{[^}]*\}/, () => args));
    mkdirSync(join(this.state, "state"));
    await this.run("stack", "init", this.stack);
  }

  /** Sets keys of its configuration; undefined removes one. */
  set(changes: Readonly<Record<string, unknown>>): void {
    this.configure(changes, this.stack);
  }

  /** Runs `pulumi`. Returns its output, and throws with it on failure. */
  async run(...args: string[]): Promise<string> {
    const { code, output } = await this.pulumi(args, { ...this.environment });
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`);
    return output;
  }

  /** Deploys it. Returns the output. */
  deploy(): Promise<string> {
    return this.run("up", "--yes", "--skip-preview");
  }

  /** Resources in its state. */
  async resources(): Promise<StateResource[]> {
    const file = join(this.state, "state.json");
    await this.run("stack", "export", "--file", file);
    return resourcesOf(readFileSync(file, "utf8"));
  }

  override remove(): void {
    this.server.close();
    rmSync(this.state, { recursive: true });
    super.remove();
  }
}
