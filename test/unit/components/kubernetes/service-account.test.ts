/** Accounts of Jobs: a Job begins once its account has its rights, and not before. */
import * as pulumi from "@pulumi/pulumi";
import { account } from "../../../../components/kubernetes/service-account";

test("the name is known once the rights and their limits are there", async () => {
  const made: string[] = [];
  await pulumi.runtime.setMocks({
    newResource: async ({ name, type, inputs }) => {
      if (/Binding$/.test(type)) await new Promise((resolve) => setTimeout(resolve, 100));
      made.push(type.replace(/.*:/, ""));
      return { id: name, state: inputs as Record<string, unknown> };
    },
    call: () => ({}),
  });
  const limit = { operation: "CREATE", group: "", resource: "pods", validations: [] } as const;
  const name = account("prism-images", "prism", [], {}, [limit]);
  expect(await new Promise((resolve) => name.apply(resolve))).toBe("prism-images");
  expect(made.toSorted()).toEqual([
    "Role",
    "RoleBinding",
    "ServiceAccount",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
  ]);
});
