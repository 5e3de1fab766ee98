/**
 * Traefik as the cluster's ingress controller, for long tests: it is built when the first one asks for it, in six minutes of
 * processor time. A process on this machine, which reaches the pods by their addresses. It takes Ingresses of the class
 * `traefik`, and the annotations and resources that Traefik documents.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { run } from "../../lab/command";
import { tool } from "../../lab/toolchain";
import { wrapper } from "../../lab/toolchain/build";
import { moduleDirectory } from "../../lab/toolchain/go";
import { eventually } from "./cluster";
import { freePort } from "./free-port";

export interface IngressController {
  /** Where it takes HTTPS on 127.0.0.1: the entry point `websecure`. */
  readonly port: number;
  /** What it printed. */
  readonly log: () => string;
  /** Ends it, and removes what it brought to the cluster. */
  readonly stop: () => Promise<void>;
}

const ingressClass = {
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name: "traefik" },
  spec: { controller: "traefik.io/ingress-controller" },
};

/** Starts it on the cluster of the environment's KUBECONFIG. Throws if it does not answer within a minute. */
export async function startIngressController(): Promise<IngressController> {
  const program = join(await tool("traefik"), "traefik");
  const source = await moduleDirectory(wrapper("traefik"), "github.com/traefik/traefik/v3");
  const definitions = join(source, "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml");
  await run("kubectl", ["apply", "--server-side", "-f", definitions]);
  await run("kubectl", ["wait", "--for=condition=Established", "--timeout=60s", "-f", definitions]);
  await run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(ingressClass) });

  const port = await freePort();
  const flags = [
    `--entrypoints.websecure.address=127.0.0.1:${port}`,
    "--providers.kubernetescrd=true",
    "--providers.kubernetesingress=true",
    "--providers.kubernetesingress.ingressclass=traefik",
    "--providers.kubernetesingress.ingressendpoint.ip=127.0.0.1",
    "--global.checknewversion=false",
    "--global.sendanonymoususage=false",
    "--log.nocolor=true",
  ];
  const child = spawn(program, flags, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "exit");
  await eventually(`Traefik answers: ${output}`, () => accepts(port));
  const stop = async () => {
    child.kill();
    await ended;
    await run("kubectl", ["delete", "ingressclass", "traefik", "--ignore-not-found"]);
    await run("kubectl", ["delete", "--ignore-not-found", "-f", definitions]);
  };
  return { port, log: () => output, stop };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
  return true;
}
