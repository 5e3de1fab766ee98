/**
 * Traefik as the cluster's ingress controller, for long tests. The first test builds it, which takes six minutes of CPU
 * time. It runs as a process on this machine and reaches the pods by their addresses. It serves Ingresses of the class
 * `traefik`, and supports the annotations and resources that Traefik documents.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { hostAddress } from "../../lab/cluster/addresses";
import { run } from "../../lab/command";
import { tool } from "../../lab/toolchain";
import { wrapper } from "../../lab/toolchain/build";
import { moduleDirectory } from "../../lab/toolchain/go";
import { eventually } from "./cluster";
import { freePort } from "./free-port";

export interface IngressController {
  /** HTTPS port (entry point `websecure`) at the address of this machine that pods reach, too. */
  readonly port: number;
  /** Returns the output so far. */
  readonly log: () => string;
  /** Stops Traefik, and deletes its objects from the cluster. */
  readonly stop: () => Promise<void>;
}

const ingressClass = {
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name: "traefik" },
  spec: { controller: "traefik.io/ingress-controller" },
};

/** Starts Traefik on the cluster of the environment's KUBECONFIG. Throws if its port does not open within 60 s. */
export async function startIngressController(): Promise<IngressController> {
  const program = join(await tool("traefik"), "traefik");
  const source = await moduleDirectory(wrapper("traefik"), "github.com/traefik/traefik/v3");
  const definitions = join(source, "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml");
  await run("kubectl", ["apply", "--server-side", "-f", definitions]);
  await run("kubectl", ["wait", "--for=condition=Established", "--timeout=60s", "-f", definitions]);
  await run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(ingressClass) });

  const port = await freePort();
  const flags = [
    `--entrypoints.websecure.address=${hostAddress}:${port}`,
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
  const socket = connect(port, hostAddress);
  await once(socket, "connect");
  socket.destroy();
  return true;
}
