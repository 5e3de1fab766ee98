/** Stack of the copy: it is destroyed only where it was made. */
import { ConcurrentUpdateError, LocalWorkspace } from "@pulumi/pulumi/automation";
import { Copy } from "../../../../drills/elsewhere/stack";
import type { Kubectl } from "../../../../drills/kubectl";

function destroyed(uid: string, isLocked = false): { readonly done: string[]; readonly copy: Copy } {
  const done: string[] = [];
  const namespace = { metadata: { name: "drill-prism", uid: "1" } };
  jest.spyOn(LocalWorkspace, "createOrSelectStack").mockResolvedValue({
    name: "production-elsewhere",
    exportStack: () =>
      Promise.resolve({ deployment: { resources: [{ type: "kubernetes:core/v1:Namespace", outputs: namespace }] } }),
    destroy: () => {
      done.push("destroy");
      // Its constructor is Pulumi's own.
      const locked = Object.assign(Object.create(ConcurrentUpdateError.prototype) as Error, { message: "locked" });
      return isLocked && !done.includes("cancel") ? Promise.reject(locked) : Promise.resolve();
    },
    cancel: () => Promise.resolve(void done.push("cancel")),
    workspace: { removeStack: (name: string) => Promise.resolve(void done.push(`remove ${name}`)) },
  } as never);
  const kubectl = { run: () => Promise.resolve(uid) } as unknown as Kubectl;
  return { done, copy: new Copy("production", kubectl, () => undefined) };
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

test("a lock that a killed drill may have left is taken only if somebody says so", async () => {
  const { done, copy } = destroyed("1", true);
  await expect(copy.destroy()).rejects.toThrow(
    "the stack production-elsewhere of the copy is locked: another drill of production is at work, or one was killed. If none is, on no machine, remove the copy first: npm run drill -- restore-elsewhere --from production --clean-up",
  );
  expect(done).toEqual(["destroy"]);
  await copy.destroy({ unlock: true });
  expect(done).toEqual(["destroy", "destroy", "cancel", "destroy", "remove production-elsewhere"]);
});

test("a lock is not taken for a namespace of somebody else", async () => {
  const { done, copy } = destroyed("9", true);
  await expect(copy.destroy({ unlock: true })).rejects.toThrow("the namespace drill-prism is not the one");
  expect(done).toEqual([]);
});
