/** Paths of the lab. All but `root` are outside the checkout: a machine has one lab. */
import { homedir } from "node:os";
import { join } from "node:path";

/** Root of the checkout. */
export const root = join(__dirname, "..");

/** Build results, keyed by content. They can be rebuilt, and survive `lab:down`. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "runsheet");

/** Durable state of the lab: etcd, volumes, containerd's store, Pulumi's state. */
export const state = "/var/lib/runsheet-lab";

/** Runtime state of the lab: sockets, pid files, locks. Lost at a reboot. */
export const runtime = "/run/runsheet-lab";

/** Kubeconfig with admin access to the lab's cluster. Its only context is `runsheet-lab`. */
export const kubeconfig = join(state, "kubeconfig");
