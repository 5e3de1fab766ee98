import { z } from "zod";

/** Rollout of one feature, as a stack configures it. */
const rollout = z.strictObject({
  enabled: z.boolean().default(false).describe("Master switch. While it is off, no customer has the feature."),
  percentage: z.int().min(0).max(100).default(0).describe("Share of all customers that have the feature, in percent."),
  customers: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description: "Customers that have the feature whatever the percentage.",
      examples: [["omniops-internal"]],
    }),
});

export type Rollout = z.infer<typeof rollout>;

/** Features of a system, each with the features that it requires. */
export type FlagDefinitions<Name extends string> = Readonly<
  Record<Name, { readonly requires: readonly NoInfer<Name>[] }>
>;

/** Builds the configuration schema of these features. A feature that is not configured is off. */
export function rolloutSettings<Name extends string>(definitions: FlagDefinitions<Name>) {
  const names = Object.keys(definitions) as Name[];
  const shape = Object.fromEntries(names.map((name) => [name, rolloutOf(definitions[name].requires)]));
  return z.strictObject(shape as Record<Name, z.ZodPrefault<typeof rollout>>).prefault({} as never);
}

function rolloutOf(requires: readonly string[]) {
  const further = requires.map((name) => ` It builds on \`${name}\`, and may go no further.`).join("");
  return rollout.prefault({}).describe(`Rollout of the feature. Default: off.${further}`);
}

/** Lists the conflicts between rollouts: customers who would have a feature without one that it requires. */
export function rolloutProblems<Name extends string>(
  definitions: FlagDefinitions<Name>,
  rollouts: Readonly<Record<Name, Rollout>>,
): string[] {
  const names = Object.keys(definitions) as Name[];
  return names.flatMap((name) =>
    definitions[name].requires.flatMap((required) => problem(name, rollouts[name], required, rollouts[required]) ?? []),
  );
}

function problem(name: string, flag: Rollout, required: string, prerequisite: Rollout): string | undefined {
  if (!flag.enabled) return undefined;
  if (!prerequisite.enabled)
    return `${name} is enabled but requires ${required}, which is not: enable ${required} first`;
  if (flag.percentage > prerequisite.percentage) {
    const most = `at most its ${prerequisite.percentage} %, or raise ${required} first`;
    return `${name}.percentage is ${flag.percentage} but requires ${required}: set it to ${most}`;
  }
  const without = flag.customers.filter((customer) => !prerequisite.customers.includes(customer));
  if (without.length === 0 || prerequisite.percentage === 100) return undefined;
  return `${name}.customers has ${without.join(", ")}, who would not have ${required}, which it requires: add them there`;
}
