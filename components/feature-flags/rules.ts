import { z } from "zod";

/** One feature's rollout, as a stack configures it. */
const rollout = z.strictObject({
  /** The master switch: off, nobody has the feature, whatever else is said. Default: false. */
  enabled: z.boolean().default(false),
  /** How many of all customers have it, in whole per cent. Default: 0. */
  percentage: z.int().min(0).max(100).default(0),
  /** Customers that have it whatever the percentage: the own staff at first, then beta customers. Default: none. */
  customers: z.array(z.string().min(1)).default([]),
});

export type Rollout = z.infer<typeof rollout>;

/** What a system says of its features: which others each builds on. */
export type FlagDefinitions<Name extends string> = Readonly<
  Record<Name, { readonly requires: readonly NoInfer<Name>[] }>
>;

/** The configuration of these features; one that is not mentioned is off. */
export function rolloutSettings<Name extends string>(definitions: FlagDefinitions<Name>) {
  const names = Object.keys(definitions) as Name[];
  const shape = Object.fromEntries(names.map((name) => [name, rollout.prefault({})]));
  return z.strictObject(shape as Record<Name, z.ZodPrefault<typeof rollout>>).prefault({} as never);
}

/** What is wrong with the rollouts together: a feature that somebody would have without what it builds on. */
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
    return `${name} is enabled and builds on ${required}, which is not: enable ${required} first`;
  if (flag.percentage > prerequisite.percentage) {
    const most = `at most its ${prerequisite.percentage} %, or raise ${required} first`;
    return `${name}.percentage is ${flag.percentage} and builds on ${required}: set it to ${most}`;
  }
  const without = flag.customers.filter((customer) => !prerequisite.customers.includes(customer));
  if (without.length === 0 || prerequisite.percentage === 100) return undefined;
  return `${name}.customers has ${without.join(", ")}, who would not have ${required}, on which it builds: add them there`;
}
