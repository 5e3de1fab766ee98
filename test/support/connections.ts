/** Connections that pods of the lab try. */
import { kubectl } from "./cluster";

/** Pod, or workload with pods, that tries. */
export interface Tries {
  readonly namespace: string;
  /** Such as deployment/mued-web. It has Node.js. */
  readonly pod: string;
}

const connect = `
  const [host, port] = process.argv.slice(1);
  const socket = require("node:net").connect({ host, port: Number(port) });
  const tell = (what) => { console.log(what); process.exit(); };
  socket.on("connect", () => tell("open")).on("error", ({ code }) => tell(code));
  setTimeout(() => tell("nothing within 5 s"), 5000);
`;

/** Connects to a TCP port. Returns "open", or the code of the error: ECONNREFUSED where a policy refuses. */
export const connection = ({ namespace, pod }: Tries, host: string, port: number): Promise<string> =>
  kubectl("exec", "-n", namespace, pod, "--", "node", "-e", connect, host, String(port));

const resolve = `
  const resolver = new (require("node:dns").promises.Resolver)({ timeout: 2000, tries: 1 });
  resolver.setServers([process.argv[1]]);
  resolver.resolve4(process.argv[2]).then((addresses) => console.log(addresses.join()), ({ code }) => console.log(code));
`;

/** Asks a nameserver for a name. Returns its addresses, or the code of the error. */
export const answerOf = ({ namespace, pod }: Tries, nameserver: string, name: string): Promise<string> =>
  kubectl("exec", "-n", namespace, pod, "--", "node", "-e", resolve, nameserver, name);

/** Listens at TCP ports, and answers every question for a name with an address. */
const listen = `
  const greeting = "+OPEN\\r\\n";
  for (const port of process.argv.slice(1).map(Number))
    require("node:net").createServer((socket) => socket.on("error", () => {}).end(greeting)).listen(port, "0.0.0.0");
  const nameserver = require("node:dgram").createSocket("udp4");
  nameserver.on("message", (question, { address, port }) => {
    const end = question.indexOf(0, 12) + 5;
    const header = Buffer.concat([question.subarray(0, 2), Buffer.from("81800001000100000000", "hex")]);
    const answer = Buffer.from("c00c000100010000000a0004c0000201", "hex");
    nameserver.send(Buffer.concat([header, question.subarray(12, end), answer]), port, address);
  });
  nameserver.bind(53, "0.0.0.0");
`;

/** Pod in the namespace `default` that listens at TCP ports, and is a nameserver that answers 192.0.2.1. */
export class Stranger implements Tries {
  readonly namespace = "default";
  readonly pod = "stranger";
  private constructor(readonly address: string) {}

  static async start(...ports: readonly number[]): Promise<Stranger> {
    await Stranger.remove();
    // As root, for the ports below 1024.
    const image = ["--image=runsheet.lab/node:22", "--restart=Never"];
    const command = ["--command", "--", "node", "-e", listen, ...ports.map(String)];
    await kubectl("run", "stranger", "-n", "default", ...image, ...command);
    await kubectl("wait", "-n", "default", "pod/stranger", "--for=condition=Ready", "--timeout=60s");
    return new Stranger(await kubectl("get", "pod", "-n", "default", "stranger", "-o", "jsonpath={.status.podIP}"));
  }

  stop(): Promise<void> {
    return Stranger.remove();
  }

  private static async remove(): Promise<void> {
    await kubectl("delete", "pod", "-n", "default", "stranger", "--ignore-not-found", "--grace-period=0", "--force");
    await kubectl("wait", "-n", "default", "pod/stranger", "--for=delete", "--timeout=60s");
  }
}
