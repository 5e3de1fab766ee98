/** Limits of the node's disk: who fills it loses its own pod. */
import { eventually, kubectl } from "../support/cluster";

const namespace = "mued";

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly phase: string; readonly reason?: string; readonly message?: string };
}

/** Pods of a workload, or of the namespace. */
async function pods(workload?: string): Promise<readonly Pod[]> {
  const selector = workload ? ["-l", `app.kubernetes.io/name=${workload}`] : [];
  const found = await kubectl("get", "pods", "-n", namespace, ...selector, "-o", "json");
  return (JSON.parse(found) as { items: Pod[] }).items;
}

const running = (found: readonly Pod[]) => found.filter(({ status }) => status.phase === "Running");

test("who fills /tmp loses its own pod, which is replaced, and no other", async () => {
  const [filled] = running(await pods("mued-web"));
  const others = running(await pods()).filter(({ metadata }) => metadata.uid !== filled!.metadata.uid);
  const fill = "head -c 1200M /dev/zero > /tmp/full";
  await kubectl("exec", "-n", namespace, filled!.metadata.name, "-c", "main", "--", "sh", "-c", fill);

  const now = async () => (await pods("mued-web")).find(({ metadata }) => metadata.uid === filled!.metadata.uid);
  await eventually("the pod is evicted", async () => (await now())?.status.reason === "Evicted", 180);
  expect((await now())!.status.message).toContain('Usage of EmptyDir volume "tmp" exceeds the limit "1Gi"');

  await eventually("another takes its place", async () => {
    const rest = running(await pods("mued-web")).map(({ metadata }) => metadata.uid);
    return rest.some((uid) => uid !== filled!.metadata.uid && !others.some(({ metadata }) => metadata.uid === uid));
  });
  const left = running(await pods()).map(({ metadata }) => metadata.uid);
  expect(left).toEqual(expect.arrayContaining(others.map(({ metadata }) => metadata.uid)));
  await kubectl("delete", "pod", "-n", namespace, filled!.metadata.name);
}, 300_000);
