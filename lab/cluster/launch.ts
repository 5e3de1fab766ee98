/** Starts the lab's first process, and removes the remains of a lab that has ended. */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, openSync, closeSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeDirectory } from "../node";
import { demandDebian, installed, unpacked } from "../packages";
import { runtime, state } from "../paths";
import { step } from "../progress";
import { tool } from "../toolchain";
import { hostAddress, nodeAddress, serviceNetwork } from "./addresses";
import { makeCertificates } from "./certificates";
import { makeCgroups, removeCgroups } from "./cgroups";
import { components, logs, objectStore, receiverScript, startScript } from "./components";
import { writeConfiguration } from "./configuration";
import { attachNetwork, detachNetwork } from "./network";
import { prepareObjectStore } from "./object-store";
import { endProcesses, findInit, initScript, type LabProcess } from "./process";

/** Unpacks the daemons that Debian would start as services. Returns their directory. */
export const daemons = () => unpacked(["containerd", "runc", "etcd-server", "containernetworking-plugins"]);
const programs = ["iproute2", "ipset", "iptables", "libseccomp2", "mount", "openssl", "util-linux"];
const builtTools = [
  "kubernetes",
  "coredns",
  "local-path-provisioner",
  "metrics-server",
  "network-policies",
  "network-policies-plugin",
  "versitygw",
];

/** Ends the lab's processes, and removes everything that they leave on the machine except the durable state. */
export async function end(): Promise<void> {
  await endProcesses();
  await detachNetwork();
  await removeCgroups();
  rmSync(runtime, { recursive: true, force: true });
}

/** Removes the durable state. Renames it first, so that an interrupted removal leaves no incomplete cluster. */
export async function removeState(): Promise<void> {
  const removed = `${state}.removed`;
  await rm(removed, { recursive: true, force: true });
  try {
    renameSync(state, removed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await rm(removed, { recursive: true, force: true });
}

/** Returns the directories of the tools, as arguments of `init.sh`. Builds, installs and unpacks missing tools. */
async function toolDirectories(): Promise<string[]> {
  demandDebian();
  await installed(programs);
  const directories = [`packages=${await daemons()}`, `node=${await nodeDirectory()}`];
  for (const name of builtTools) directories.push(`${name}=${await tool(name)}`);
  return directories;
}

/** Starts a lab with the existing state. Returns when its first process runs and the network is attached. */
export async function launch(): Promise<LabProcess> {
  const directories = await toolDirectories();
  return step("Starting the lab", async () => {
    await end();
    await makeCertificates();
    writeConfiguration();
    prepareObjectStore(objectStore);
    mkdirSync(join(runtime, "components"), { recursive: true });
    for (const component of components)
      writeFileSync(join(runtime, "components", component.name), startScript(component));
    copyFileSync(join(__dirname, "init.sh"), initScript);
    copyFileSync(join(__dirname, "notification-receiver.js"), receiverScript);
    const init = await startInit([nodeAddress, hostAddress, serviceNetwork, makeCgroups().join(":"), ...directories]);
    await attachNetwork(init.pid);
    return init;
  });
}

/**
 * Starts the first process in a session of its own, without a terminal, without this process's environment and without
 * files of a checkout, so that nothing that happens to its starter affects it.
 */
async function startInit(args: string[]): Promise<LabProcess> {
  mkdirSync(logs, { recursive: true });
  const log = join(logs, "init.log");
  const output = openSync(log, "w");
  const namespaces = ["--mount", "--net", "--pid", "--fork", "--mount-proc"];
  const child = spawn("unshare", [...namespaces, "bash", initScript, state, runtime, ...args], {
    cwd: "/",
    detached: true,
    // With Go's default of 100, a tenth of the components' work would be garbage collection.
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", GOGC: "200" },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  let failed: Error | undefined;
  child.on("error", (error) => (failed = error));
  child.on("exit", (code) => (failed ??= new Error(`it ended with ${code}`)));
  child.unref();
  for (;;) {
    const init = findInit();
    if (init) return init;
    if (failed)
      throw new Error(`The lab's first process did not start: ${failed.message}\n${readFileSync(log, "utf8")}`);
    await sleep(20);
  }
}
