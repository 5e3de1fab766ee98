/** API server in memory, on which the Jobs of a search run as a test says. */
import type { Patch, Read } from "../../../components/kubernetes/kubeconfig";

/** State of a Job after another look at it, and its pods. Undefined: it is gone. */
export interface Seen {
  readonly status?: object;
  readonly pods?: readonly object[];
}

export class Cluster {
  readonly patched: { readonly path: string; readonly type: string; readonly body: object }[] = [];
  readonly asked: (readonly [path: string, form: string | undefined])[] = [];
  private readonly looks = new Map<string, number>();
  private pods: readonly object[] = [];

  /**
   * @param objects objects and lists by their paths. An Error is the answer to who asks for it
   * @param run states of a Job of the search, the last of which stays
   */
  constructor(
    readonly objects: Record<string, unknown> = {},
    private readonly run: (name: string) => readonly (Seen | undefined)[] = () => [{ status: { succeeded: 1 } }],
  ) {}

  readonly read: Read = <Found>(path: string, form?: "metadata") => {
    this.asked.push([path, form]);
    const [, job] = /\/jobs\/(drift-.*)$/.exec(path) ?? [];
    if (job !== undefined) return Promise.resolve(this.look(job) as Found | undefined);
    if (path.includes("/pods?labelSelector=job-name%3Ddrift-")) return Promise.resolve({ items: this.pods } as Found);
    const found = this.objects[path];
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found as Found | undefined);
  };

  readonly patch: Patch = <Result>(path: string, type: string, body: object) => {
    const [at] = path.split("?");
    const refused = this.objects[`PATCH ${at}`];
    if (refused instanceof Error) return Promise.reject(refused);
    this.patched.push({ path, type, body });
    return Promise.resolve(body as Result);
  };

  private look(name: string): Seen | undefined {
    const states = this.run(name);
    const index = this.looks.get(name) ?? 0;
    this.looks.set(name, index + 1);
    const seen = states[Math.min(index, states.length - 1)];
    this.pods = seen?.pods ?? [];
    return seen && { status: seen.status ?? {} };
  }
}

/** Pod whose container has ended with this message. */
export const ended = (message?: string, reason = "Error") => ({
  status: { containerStatuses: [{ state: { terminated: { message, reason } } }] },
});
