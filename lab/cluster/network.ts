/** Host side of the lab's network: one veth interface, two routes, and a rule for the object store. */
import { run } from "../command";
import {
  hostAddress,
  hostInterface,
  network,
  nodeAddress,
  objectStorePort,
  podNetwork,
  serviceNetwork,
} from "./addresses";

interface Route {
  /** Destination: an address, a network as ADDRESS/LENGTH, or `default`. */
  dst: string;
  dev?: string;
}

/** Priority of the routing rule that keeps the machine's users other than root from the object store. */
const storeRule = "10213";

/** Returns the first and the last address of an IPv4 network, as numbers. */
function range(cidr: string): [number, number] {
  const [address = "", length = "32"] = cidr.split("/");
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(number / size) * size;
  return [first, first + size - 1];
}

/** Throws if a route of the host overlaps the lab's network. Default routes and the lab's own are allowed. */
export function demandFreeNetwork(routes: readonly Route[]): void {
  const [first, last] = range(network);
  for (const { dst, dev } of routes) {
    if (dst === "default" || dst === "0.0.0.0/0" || dst.includes(":") || dev === hostInterface) continue;
    const [from, to] = range(dst);
    if (from <= last && first <= to)
      throw new Error(
        `The lab's network ${network} overlaps this machine's route to ${dst}${dev ? ` (interface ${dev})` : ""}. ` +
          "Nothing was changed. Remove that route (ip route show table all), or use another machine for the lab.",
      );
  }
}

/** Returns the host's IPv4 routes of all tables. */
export async function hostRoutes(): Promise<Route[]> {
  return JSON.parse(await run("ip", ["-json", "-4", "route", "show", "table", "all"])) as Route[];
}

/** Returns true if the host has the routes to the lab's pods and services. */
export async function isAttached(): Promise<boolean> {
  const ours = (await hostRoutes()).filter(({ dev }) => dev === hostInterface).map(({ dst }) => dst);
  return [podNetwork, serviceNetwork].every((target) => ours.includes(target));
}

/** Removes the lab's interface, the routes through it and its rule. Does nothing if there is none. */
export async function detachNetwork(): Promise<void> {
  const rules = JSON.parse(await run("ip", ["-json", "-4", "rule", "show"])) as { priority: number }[];
  if (rules.some(({ priority }) => String(priority) === storeRule))
    await run("ip", ["-4", "rule", "delete", "priority", storeRule]);
  const links = JSON.parse(await run("ip", ["-json", "link", "show"])) as { ifname: string }[];
  if (!links.some(({ ifname }) => ifname === hostInterface)) return;
  await run("ip", ["link", "delete", hostInterface]).catch(async (error: unknown) => {
    // The kernel itself removes the interface soon after the lab's last process has ended.
    if ((await run("ip", ["-json", "link", "show"])).includes(`"${hostInterface}"`)) throw error;
  });
}

/** Connects the host to the network namespace of `pid`, with routes to pods and services. Root alone reaches the store. */
export async function attachNetwork(pid: number): Promise<void> {
  await detachNetwork();
  await run("ip", ["link", "add", hostInterface, "type", "veth", "peer", "name", "eth0", "netns", String(pid)]);
  await run("ip", ["address", "add", `${hostAddress}/30`, "dev", hostInterface]);
  await run("ip", ["link", "set", hostInterface, "up"]);
  for (const target of [podNetwork, serviceNetwork])
    await run("ip", ["route", "add", target, "via", nodeAddress, "dev", hostInterface]);
  const store = ["to", `${nodeAddress}/32`, "ipproto", "tcp", "dport", String(objectStorePort)];
  const users = ["uidrange", "1-4294967294"];
  await run("ip", ["-4", "rule", "add", "priority", storeRule, ...store, ...users, "prohibit"]);
}
