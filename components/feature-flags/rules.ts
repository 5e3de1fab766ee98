import { z } from "zod";

/** Rollout of one feature, as a stack configures it. */
const rollout = z.strictObject({
  /** Master switch. If false, no customer has the feature, whatever the other keys are. Default: false. */
  enabled: z.boolean().default(false),
  /** Share of all customers that have the feature, in whole per cent. Default: 0. */
  percentage: z.int().min(0).max(100).default(0),
  /** Customers that have the feature whatever the percentage, such as staff and beta customers. Default: []. */
  customers: z.array(z.string().min(1)).default([]),
});

export type Rollout = z.infer<typeof rollout>;

/** Features of a system, each with the features that it requires. */
export type FlagDefinitions<Name extends string> = Readonly<
  Record<Name, { readonly requires: readonly NoInfer<Name>[] }>
>;

/** Builds the configuration schema of these features. A feature that is not configured is off. */
export function rolloutSettings<Name extends string>(definitions: FlagDefinitions<Name>) {
  const names = Object.keys(definitions) as Name[];
  const shape = Object.fromEntries(names.map((name) => [name, rollout.prefault({})]));
  return z.strictObject(shape as Record<Name, z.ZodPrefault<typeof rollout>>).prefault({} as never);
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
