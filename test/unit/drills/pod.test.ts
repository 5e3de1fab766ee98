/** Pods of drills: what they get of their namespace. */
import type { Kubectl } from "../../../drills/kubectl";
import { startPod } from "../../../drills/pod";

interface Pod {
  readonly spec: {
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly containers: readonly object[];
    readonly volumes: readonly object[];
  };
}

/** Starts a pod in a namespace with these Secrets. Returns the pod, and what kubectl was asked for. */
async function startedWith(secrets: string): Promise<{ pod: Pod; asked: string[] }> {
  const asked: string[] = [];
  let pod: Pod | undefined;
  const kubectl = {
    run: (...args: string[]) => {
      asked.push(args.join(" "));
      return Promise.resolve(args[1] === "secrets" ? secrets : "");
    },
    create: (object: Pod) => Promise.resolve(void (pod = object)),
  } as unknown as Kubectl;
  await startPod(kubectl, { namespace: "prism", name: "drill", image: "registry.example/node:22", command: ["true"] });
  return { pod: pod!, asked };
}

test("a pod has the logins of its namespace's registries", async () => {
  const { pod, asked } = await startedWith("secret/prism-registries\nsecret/of-others");
  expect(pod.spec.imagePullSecrets).toEqual([{ name: "prism-registries" }, { name: "of-others" }]);
  expect(asked).toContain("get secrets -n prism --field-selector type=kubernetes.io/dockerconfigjson -o name");
});

test("without such logins the nodes pull it with theirs", async () =>
  expect((await startedWith("")).pod.spec.imagePullSecrets).toBeUndefined());

test("a pod has the limits of the stack's pods", async () => {
  const { pod } = await startedWith("");
  expect(pod.spec.containers[0]).toMatchObject({
    resources: { limits: { memory: "1Gi", "ephemeral-storage": "2304Mi" } },
    securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  });
  expect(pod.spec.volumes).toEqual([{ name: "tmp", emptyDir: { sizeLimit: "1Gi" } }]);
});
