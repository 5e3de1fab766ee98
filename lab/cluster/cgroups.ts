/**
 * Control groups of the lab: `/runsheet-lab` in every hierarchy. Its child `system` holds the lab's own processes, so
 * that they survive the end of the session or service that started the lab. The kubelet creates its child `kubepods`.
 * Version 1 and the hybrid layout are tested. Version 2 follows the kernel's documentation and is not tested.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const cgroupRoot = "/runsheet-lab";

/** Returns the mount points of the cgroup hierarchies of both versions. */
export function hierarchies(mounts = readFileSync("/proc/mounts", "utf8")): string[] {
  const lines = mounts.split("\n").map((line) => line.split(" "));
  return [...new Set(lines.filter((fields) => /^cgroup2?$/.test(fields[2] ?? "")).map((fields) => fields[1] ?? ""))];
}

const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8").trim() : "");

/**
 * Creates a group. Version 1: copies the parent's cpuset, because a new group has no processor and no memory. Version
 * 2: enables the controllers for the group's children.
 */
function prepare(parent: string, child: string): void {
  mkdirSync(child, { recursive: true });
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const wanted = read(join(parent, file));
    if (wanted && existsSync(join(parent, "cgroup.clone_children"))) writeFileSync(join(child, file), wanted);
  }
  const controllers = read(join(child, "cgroup.controllers"));
  if (controllers && !child.endsWith("/system"))
    writeFileSync(join(child, "cgroup.subtree_control"), controllers.replace(/\S+/g, "+$&"));
}

/** Creates the lab's groups and returns those that its first process joins. */
export function makeCgroups(): string[] {
  return hierarchies().map((hierarchy) => {
    const root = join(hierarchy, cgroupRoot);
    const system = join(root, "system");
    prepare(hierarchy, root);
    prepare(root, system);
    return system;
  });
}

/** Removes the lab's groups. They must not contain a process any more. */
export async function removeCgroups(): Promise<void> {
  for (const hierarchy of hierarchies()) await removeTree(join(hierarchy, cgroupRoot));
}

async function removeTree(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) await removeTree(join(directory, entry.name));
  for (let attempt = 0; ; attempt++) {
    try {
      return rmdirSync(directory);
    } catch (error) {
      // A group stays busy for a moment after its last process has ended.
      if (attempt >= 100)
        throw new Error(`The control group ${directory} cannot be removed: ${(error as Error).message}`, {
          cause: error,
        });
      await sleep(50);
    }
  }
}
