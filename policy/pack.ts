/** Policy pack, for `pulumi preview --policy-pack policy` and `pulumi up --policy-pack policy`. */
import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

new PolicyPack("runsheet", {
  policies: rules.map(({ name, description, level, violation }) => ({
    name,
    description,
    enforcementLevel: level,
    validateResource: (resource, report) => {
      const found = violation(resource);
      if (found !== undefined) report(found);
    },
  })),
});
