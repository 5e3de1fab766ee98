/** The key `secret`: the Secret with the secret variables of a system's pods. */
import { z } from "zod";
import type { CommonSettings, SecretVariables } from "./settings";
import { kubernetesName } from "./setting-values";

const variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, "must be the name of a variable, such as OPENAI_API_KEY");

const secretKey = z
  .string()
  .regex(/^[\w.-]+$/, "must be the key of a Secret, such as openai-api-key: letters, digits, -, _ and dots");

/** The names that a runbook has. */
interface RunbookSecret {
  readonly name: string;
  /** Keys by variable. */
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * The key `secret`.
 * @param named what the system's runbook says. Default: nothing
 */
export const secret = (named?: RunbookSecret) =>
  z
    .strictObject({
      name: (named ? kubernetesName.default(named.name) : kubernetesName.optional()).describe(
        "Name of the Secret." +
          (named
            ? ""
            : " Default: one that is generated, and new with every value, so that a failed rollout keeps the old."),
      ),
      create: z
        .boolean()
        .default(true)
        .describe(
          "Whether the stack makes the Secret, of the secret keys of this namespace. `false` is for one that others " +
            "make, such as External Secrets: the variables in `keys` are read from it by the pods alone, and their " +
            "secret keys are not set here. Pods do not restart by themselves when others change it.",
        ),
      keys: z
        .record(variable, secretKey)
        .default(named?.keys ?? {})
        .meta({
          description:
            "Keys of the Secret by the variable. Default for others, if the stack makes it: the variable's name.",
          examples: [{ OPENAI_API_KEY: "openai-api-key" }],
        }),
    })
    .prefault({})
    .meta({
      description: "Secret with the secret variables of the application's pods.",
      examples: [{ name: "app-secrets", create: false, keys: { OPENAI_API_KEY: "openai-api-key" } }],
    });

/** Settings of the Secret. */
export type SecretSettings = z.infer<ReturnType<typeof secret>>;

/** Variables that come from a Secret of others, with its keys. */
export const variablesOfOthers = ({ create, keys }: SecretSettings): Readonly<Record<string, string>> =>
  create ? {} : keys;

/** Configuration keys of those variables. */
export function keysOfOthers(settings: SecretSettings, { required, optional }: SecretVariables): string[] {
  const others = variablesOfOthers(settings);
  return Object.entries({ ...required, ...optional }).flatMap(([key, variable]) => (variable in others ? [key] : []));
}

/**
 * Problems of the key `secret`, each beginning with a key.
 * @param set secret keys that the stack sets
 */
export function secretProblems(
  system: string,
  { secret: settings }: Pick<CommonSettings, "secret">,
  variables: SecretVariables,
  set: readonly string[],
): string[] {
  const { name, create, keys } = settings;
  const { required, optional, notForPods = [] } = variables;
  const known = Object.values({ ...required, ...optional }).filter((each) => !notForPods.includes(each));
  const named = Object.keys(keys);
  return [
    ...(name === undefined && (!create || named.length > 0)
      ? ["secret.name is missing; set it to the name of the Secret"]
      : []),
    ...(!create && named.length === 0
      ? ["secret.keys is empty, and secret.create is false; name the variables that come from the Secret, and its keys"]
      : []),
    ...named
      .filter((each) => !known.includes(each))
      .map((each) => `secret.keys.${each} is no secret variable of the pods; those are ${known.join(", ")}`),
    ...keysOfOthers(settings, variables)
      .filter((key) => set.includes(key))
      .map(
        (key) =>
          `${key} is set, and secret.keys says that the Secret ${name} has its variable; remove one of the two: ` +
          `pulumi config rm ${system}:${key}`,
      ),
  ];
}
