/**
 * Registry of private images, for long tests: the CNCF's, with TLS and a login without which nothing is pulled. The first
 * test builds it, which takes a minute.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostAddress } from "../../../lab/cluster/addresses";
import { trustRegistry } from "../../../lab/cluster/registries";
import { run } from "../../../lab/command";
import { installed } from "../../../lab/packages";
import { tool } from "../../../lab/toolchain";
import { ServerProcess } from "../../services/server-process";
import { TestAuthority } from "../../services/test-authority";
import { freePort } from "../free-port";
import type { ImageLayout } from "./images";

/** Login that may push and pull. */
export const registryLogin = { username: "robot$teams", password: "p@ss:w/%rd" };

export class TeamRegistry {
  private constructor(
    /** Address with the port, as images name it. */
    readonly host: string,
    /** Authority of its certificate, as PEM. */
    readonly ca: string,
    private readonly server: ServerProcess,
    private readonly directory: string,
  ) {}

  /** Starts an empty registry. It ends with stop() or with the process that started it. */
  static async start(address = hostAddress): Promise<TeamRegistry> {
    await installed(["apache2-utils", "skopeo"]);
    const program = join(await tool("registry"), "registry");
    const directory = mkdtempSync(join(tmpdir(), "runsheet-registry-"));
    const host = `${address}:${await freePort()}`;
    const authority = await TestAuthority.create();
    const { cert, key } = await authority.issue([address]);
    const { username, password } = registryLogin;
    const files = {
      "tls.crt": cert,
      "tls.key": key,
      "trusted/ca.crt": authority.pem,
      htpasswd: await run("htpasswd", ["-Bin", username], { input: password }),
      "login.json": JSON.stringify({
        auths: { [host]: { auth: Buffer.from(`${username}:${password}`).toString("base64") } },
      }),
      "registry.json": JSON.stringify(configuration(host, directory)),
    };
    mkdirSync(join(directory, "trusted"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text, { mode: 0o600 });
    const command = ["--pdeathsig", "TERM", program, "serve", join(directory, "registry.json")];
    const server = await ServerProcess.start("the registry", ["setpriv", ...command], "listening on");
    return new TeamRegistry(host, authority.pem, server, directory);
  }

  /** Pushes an image. Returns its name without the tag, as configurations have it. */
  async push({ directory, name, release }: ImageLayout): Promise<string> {
    const image = `${this.host}/${name}`;
    const access = [
      "--dest-cert-dir",
      join(this.directory, "trusted"),
      "--dest-authfile",
      join(this.directory, "login.json"),
    ];
    const source = `oci:${directory}:${name}:${release}`;
    await run("skopeo", ["copy", "--quiet", "--insecure-policy", ...access, source, `docker://${image}:${release}`]);
    return image;
  }

  /** Makes the lab's containerd trust its certificate. Returns what takes that back. */
  trustedByLab(): () => void {
    return trustRegistry(this.host, this.ca);
  }

  async stop(): Promise<void> {
    await this.server.stop("SIGTERM");
    rmSync(this.directory, { recursive: true });
  }
}

/** JSON is valid YAML. */
const configuration = (host: string, directory: string) => ({
  version: 0.1,
  log: { level: "info" },
  storage: { filesystem: { rootdirectory: join(directory, "storage") } },
  http: { addr: host, tls: { certificate: join(directory, "tls.crt"), key: join(directory, "tls.key") } },
  auth: { htpasswd: { realm: "images of the teams", path: join(directory, "htpasswd") } },
});
