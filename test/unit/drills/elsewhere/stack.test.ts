/** Stack of the copy: it is destroyed only where it was made. */
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import type { CopyArgs } from "../../../../drills/elsewhere/program";
import { Copy } from "../../../../drills/elsewhere/stack";
import type { Kubectl } from "../../../../drills/kubectl";

function destroyed(uid: string): { readonly done: string[]; readonly copy: Copy } {
  const done: string[] = [];
  const namespace = { metadata: { name: "drill-prism", uid: "1" } };
  jest.spyOn(LocalWorkspace, "createOrSelectStack").mockResolvedValue({
    name: "production-elsewhere",
    exportStack: () =>
      Promise.resolve({ deployment: { resources: [{ type: "kubernetes:core/v1:Namespace", outputs: namespace }] } }),
    destroy: () => Promise.resolve(void done.push("destroy")),
    workspace: { removeStack: (name: string) => Promise.resolve(void done.push(`remove ${name}`)) },
  } as never);
  const kubectl = { run: () => Promise.resolve(uid) } as unknown as Kubectl;
  return { done, copy: new Copy("production", {} as CopyArgs, "", kubectl) };
}

test("what the copy made is destroyed", async () => {
  const { done, copy } = destroyed("1");
  await copy.destroy();
  expect(done).toEqual(["destroy", "remove production-elsewhere"]);
});

test("a namespace of somebody else stays, and so does the copy's state", async () => {
  const { done, copy } = destroyed("9");
  await expect(copy.destroy()).rejects.toThrow("the namespace drill-prism is not the one that the copy made");
  expect(done).toEqual([]);
});
