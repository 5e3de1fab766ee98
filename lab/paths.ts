/** Where the lab keeps things. Nothing of it lies in a checkout: one machine has one lab. */
import { homedir } from "node:os";
import { join } from "node:path";

/** The checkout's root. */
export const root = join(__dirname, "..");

/** What was built once and can be built again; keyed by content, survives `lab:down`. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "runsheet");

/** The lab's durable state: etcd, volumes, containerd's store, Pulumi's state. */
export const state = "/var/lib/runsheet-lab";

/** The lab's runtime state: sockets, pid files, locks. Gone after a reboot. */
export const runtime = "/run/runsheet-lab";

/** Admin access to the lab's cluster; its only context is `runsheet-lab`. */
export const kubeconfig = join(state, "kubeconfig");
