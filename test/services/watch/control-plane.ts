/**
 * Kubernetes without nodes, on ports of the loopback address: etcd, the API server, and the controllers of Deployments and
 * ReplicaSets. Pods are never started; the test says which are ready. It ends with stop() or with its starter.
 */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { daemons } from "../../../lab/cluster/launch";
import { tool } from "../../../lab/toolchain";
import type { Change } from "../../../components/kubernetes/in-pod/cluster-api";
import { Refused } from "../../../components/kubernetes/in-pod/cluster-api";
import { freePort } from "../../support/free-port";
import { type Command, ServerProcess } from "../server-process";

const token = "test";
const strategic = "application/strategic-merge-patch+json";
export const serverSide = "application/apply-patch+yaml";

export class ControlPlane {
  private readonly processes: ServerProcess[] = [];

  private constructor(
    private readonly directory: string,
    private readonly port: number,
  ) {}

  /** File with the context `test` of an administrator. */
  get kubeconfig(): string {
    return join(this.directory, "kubeconfig.json");
  }

  /** @param more further controllers. Default: none */
  static async start(more: readonly string[] = []): Promise<ControlPlane> {
    const [programs, packages, etcd, peers, port] = await Promise.all([
      tool("kubernetes"),
      daemons(),
      freePort(),
      freePort(),
      freePort(),
    ]);
    const directory = await mkdtemp(join(tmpdir(), "runsheet-control-plane-"));
    const plane = new ControlPlane(directory, port);
    try {
      await plane.run("etcd", join(packages, "usr", "bin", "etcd"), "ready to serve client requests", {
        "data-dir": join(directory, "etcd"),
        "listen-client-urls": `http://127.0.0.1:${etcd}`,
        "advertise-client-urls": `http://127.0.0.1:${etcd}`,
        "listen-peer-urls": `http://127.0.0.1:${peers}`,
        "unsafe-no-fsync": "true",
      });
      const { privateKey, publicKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      });
      await writeFile(join(directory, "key.pem"), privateKey);
      await writeFile(join(directory, "public.pem"), publicKey);
      await writeFile(join(directory, "tokens.csv"), `${token},test,1,system:masters\n`);
      await plane.run("the API server", join(programs, "kube-apiserver"), "Serving securely", {
        "etcd-servers": `http://127.0.0.1:${etcd}`,
        "bind-address": "127.0.0.1",
        "secure-port": String(port),
        "cert-dir": join(directory, "certificates"),
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": join(directory, "public.pem"),
        "service-account-signing-key-file": join(directory, "key.pem"),
        "service-cluster-ip-range": "10.0.0.0/24",
        "authorization-mode": "AlwaysAllow",
        "token-auth-file": join(directory, "tokens.csv"),
        "disable-admission-plugins": "ServiceAccount",
      });
      const cluster = { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
      const kubeconfig = {
        ...{ apiVersion: "v1", kind: "Config", "current-context": "test" },
        users: [{ name: "test", user: { token } }],
        clusters: [{ name: "test", cluster }],
        contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      };
      await writeFile(plane.kubeconfig, JSON.stringify(kubeconfig));
      const controllers = join(programs, "kube-controller-manager");
      await plane.run("the controllers", controllers, 'Caches are synced" controller="ReplicaSet"', {
        kubeconfig: plane.kubeconfig,
        controllers: ["deployment-controller", "replicaset-controller", ...more].join(","),
        "leader-elect": "false",
        "secure-port": "0",
      });
      return plane;
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  /**
   * Sends a request, as `ask` of components/kubernetes/in-pod/cluster-api.ts does.
   * @param user whom it is from. Default: an administrator
   */
  ask<Answer>(path: string, change?: Change, type?: string, user?: string): Promise<Answer> {
    const method = change?.method ?? "GET";
    const contentType = type ?? (method === "PATCH" ? strategic : "application/json");
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.port, path, method, rejectUnauthorized: false };
      const call = request(
        {
          ...options,
          headers: {
            Authorization: `Bearer ${token}`,
            "Content-Type": contentType,
            ...(user !== undefined && { "Impersonate-User": user }),
          },
        },
        (response) => {
          let text = "";
          response.on("data", (chunk: Buffer) => (text += chunk.toString()));
          response.on("end", () => {
            if (response.statusCode! < 300) resolve(JSON.parse(text) as Answer);
            else reject(new Refused(response.statusCode, text));
          });
        },
      );
      call.on("error", reject);
      call.end(change?.body && JSON.stringify(change.body));
    });
  }

  async stop(): Promise<void> {
    for (const process of [...this.processes].reverse()) await process.stop("SIGTERM");
    await rm(this.directory, { recursive: true, force: true });
  }

  private async run(
    name: string,
    program: string,
    ready: string,
    flags: Readonly<Record<string, string>>,
  ): Promise<void> {
    const given = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const command: Command = ["setpriv", "--pdeathsig", "TERM", program, ...given];
    this.processes.push(await ServerProcess.start(name, command, ready));
  }
}
