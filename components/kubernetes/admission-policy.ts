import {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from "@pulumi/kubernetes/admissionregistration/v1";
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

/** Rule for requests of an account, which RBAC cannot express. */
export interface AccountLimit {
  readonly operation: "CREATE" | "UPDATE";
  /** API group. The core group is "". */
  readonly group: string;
  /** Resource, such as "pods". */
  readonly resource: string;
  /** CEL expressions, all of which must be true, and what is wrong if one is not. */
  readonly validations: pulumi.Input<readonly Validation[]>;
}

export interface Validation {
  readonly expression: string;
  readonly message: string;
}

/**
 * Refuses requests of an account that do not pass, by a ValidatingAdmissionPolicy and its binding. They are objects of
 * the whole cluster: their name begins with the namespace, so that those of two stacks differ. Returns the binding.
 */
export function limitRequests(
  name: string,
  namespace: pulumi.Input<string>,
  account: pulumi.Input<string>,
  { operation, group, resource, validations }: AccountLimit,
  opts: pulumi.CustomResourceOptions,
): ValidatingAdmissionPolicyBinding {
  const metadata = { name: pulumi.interpolate`${namespace}.${name}` };
  const resourceRules: input.admissionregistration.v1.NamedRuleWithOperations[] = [
    { apiGroups: [group], apiVersions: ["*"], operations: [operation], resources: [resource] },
  ];
  const user = pulumi.interpolate`system:serviceaccount:${namespace}:${account}`;
  const policy = new ValidatingAdmissionPolicy(
    name,
    {
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: { resourceRules },
        matchConditions: [
          { name: "account", expression: user.apply((user) => `request.userInfo.username == ${JSON.stringify(user)}`) },
        ],
        validations: pulumi.output(validations).apply((all) => all.map((each) => ({ ...each, reason: "Forbidden" }))),
      },
    },
    opts,
  );
  const spec = { policyName: policy.metadata.name, validationActions: ["Deny"] };
  return new ValidatingAdmissionPolicyBinding(name, { metadata, spec }, opts);
}
