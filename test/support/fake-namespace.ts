/** Namespace of a cluster in memory, which answers the requests of programs in pods. */
import * as api from "../../components/kubernetes/in-pod/cluster-api";
import type { Change } from "../../components/kubernetes/in-pod/cluster-api";

interface FakeObject {
  readonly metadata: { readonly name: string; readonly [key: string]: unknown };
  readonly spec: Record<string, unknown>;
  readonly status?: object;
  data?: Record<string, string>;
}

interface FakePod {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly runs: () => boolean;
}

const name = "demo";

export class FakeNamespace {
  private objects = new Map<string, FakeObject>();
  private pods: FakePod[] = [];
  /** Requests that changed something: method and path within the namespace. */
  readonly changes: string[] = [];

  /** Takes the place of the API server for the programs in this process. */
  constructor() {
    jest.spyOn(api, "namespace").mockReturnValue(name);
    jest
      .spyOn(api, "ask")
      .mockImplementation((path, change) => Promise.resolve().then(() => this.answer(path, change) as never));
  }

  clear(): void {
    this.objects.clear();
    this.pods = [];
    this.changes.length = 0;
  }

  deployment(name: string, replicas: number, labels: Readonly<Record<string, string>> = {}): void {
    const spec = { replicas, selector: { matchLabels: { "app.kubernetes.io/name": name } } };
    this.objects.set(`deployments/${name}`, { metadata: { name, labels }, spec });
  }

  cronJob(name: string, { suspend = false } = {}): void {
    this.objects.set(`cronjobs/${name}`, { metadata: { name }, spec: { suspend } });
  }

  job(name: string, { cronJob, done = false }: { cronJob?: string; done?: boolean } = {}): void {
    const ownerReferences = cronJob === undefined ? undefined : [{ kind: "CronJob", name: cronJob }];
    const conditions = done ? [{ type: "Complete", status: "True" }] : [];
    this.objects.set(`jobs/${name}`, { metadata: { name, ownerReferences }, spec: {}, status: { conditions } });
  }

  /** Adds a pod that is listed while `runs` returns true. */
  pod(name: string, labels: Readonly<Record<string, string>>, runs: () => boolean): void {
    this.pods.push({ name, labels, runs });
  }

  /** Number of replicas by Deployment, and names of what is suspended. */
  state() {
    const entries = [...this.objects];
    const of = (kind: string) => entries.filter(([key]) => key.startsWith(`${kind}/`)).map(([, object]) => object);
    const suspended = [...of("cronjobs"), ...of("jobs")].filter(({ spec }) => spec.suspend === true);
    return {
      deployments: Object.fromEntries(of("deployments").map(({ metadata, spec }) => [metadata.name, spec.replicas])),
      suspended: suspended.map(({ metadata }) => metadata.name).sort(),
    };
  }

  /** Content of a ConfigMap. Undefined if there is none. */
  configMap(name: string): Readonly<Record<string, string>> | undefined {
    return this.objects.get(`configmaps/${name}`)?.data;
  }

  private answer(path: string, change?: Change): unknown {
    const [, kind = "", object, subresource] = /\/namespaces\/demo\/(\w+)(?:\/([^/?]+))?(?:\/(\w+))?/.exec(path) ?? [];
    if (change) this.changes.push(`${change.method} ${[kind, object, subresource].filter(Boolean).join("/")}`);
    if (kind === "pods") return { items: this.podsOf(decodeURIComponent(path.split("labelSelector=")[1]!)) };
    if (object === undefined && change?.method === "POST") return this.create(kind, change.body as FakeObject);
    if (object === undefined)
      return { items: [...this.objects].filter(([key]) => key.startsWith(`${kind}/`)).map(([, found]) => found) };
    const found = this.objects.get(`${kind}/${object}`);
    if (!found) throw new api.Refused(404, `${kind} "${object}" not found`);
    if (change?.method === "DELETE") this.objects.delete(`${kind}/${object}`);
    if (change?.method === "PATCH") this.patch(found, change.body as Partial<FakeObject>);
    return found;
  }

  private create(kind: string, object: FakeObject): FakeObject {
    this.objects.set(`${kind}/${object.metadata.name}`, object);
    return object;
  }

  private patch(found: FakeObject, { spec, data }: Partial<FakeObject>): void {
    Object.assign(found.spec ?? {}, spec);
    if (data) found.data = { ...found.data, ...data };
  }

  private podsOf(selector: string) {
    const [key, value] = selector.split("=");
    return this.pods
      .filter(({ labels, runs }) => labels[key!] === value && runs())
      .map(({ name }) => ({ metadata: { name }, status: { phase: "Running" } }));
  }
}
