/** The key `watch`: what the stack decides about the watch after a release. */
import { z } from "zod";
import { bounds, reactions } from "../watch/condition";

const bound = {
  atMost: z.number().optional().describe("Largest value that is allowed."),
  atLeast: z.number().optional().describe("Smallest value that is allowed."),
  risesAtMost: z
    .number()
    .min(0)
    .optional()
    .describe("Largest rise over the value before the rollout, in the condition's unit."),
  risesAtMostPercent: z
    .number()
    .min(0)
    .optional()
    .describe("Largest rise over the value before the rollout, in per cent of it."),
  from: z
    .number()
    .optional()
    .describe("With `risesAtMostPercent`: values up to this one are not compared. Default: 0, or the system's own."),
};

const reason = (description: string, example: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description, examples: [example] });

const mayBeAbsent = reason(
  "Reason for which the condition is left out where Prometheus has no series of it. Default: the watch fails, or what " +
    "the system's own says.",
  "only with the feature",
);

const change = z
  .strictObject({
    ...bound,
    mayBeAbsent,
    skip: reason(
      "Reason for which the condition is left out. The result repeats it. Default: it is watched.",
      "we watch it ourselves",
    ),
  })
  .refine((values) => Object.keys(values).length > 0, {
    error: "must have one of atMost, atLeast, risesAtMost, risesAtMostPercent, from, mayBeAbsent, skip",
  });

const added = z
  .strictObject({
    query: z
      .string()
      .min(1)
      .meta({
        description:
          "PromQL whose result is one number. In it `$namespace` is the system's namespace, `$window` is " +
          "`windowSeconds`, and `$elapsed` the time since the watch began.",
        examples: ['sum(rate(orders_failed_total{namespace="$namespace"}[$window]))'],
      }),
    unit: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Unit of the result. Default: none.", examples: ["%"] }),
    ...bound,
    mayBeAbsent,
  })
  .refine((values) => bounds.filter((key) => values[key] !== undefined).length === 1, {
    error: `must have exactly one of ${bounds.join(", ")}`,
  })
  .refine(({ from, risesAtMostPercent }) => from === undefined || risesAtMostPercent !== undefined, {
    error: "must have no from without risesAtMostPercent",
  });

/** Checks the value by the kind that its keys tell, so that an error is about the key that is wrong. */
const condition = z.preprocess(
  (value, context) => {
    const chosen = typeof value === "object" && value !== null && "query" in value ? added : change;
    const { issues } = chosen._zod.run({ value, issues: [] }, {}) as z.core.ParsePayload;
    context.issues.push(...issues);
    return value;
  },
  z.union([
    added.meta({ title: "A condition of your own" }),
    change.meta({ title: "A change of a condition that the system has" }),
  ]),
);

const fields = z.strictObject({
  minutes: z
    .number()
    .min(0)
    .max(1440)
    .default(5)
    .describe("Length of the watch in minutes. The rest of the system's `up` waits for it. `0` is no watch."),
  onFailure: z
    .enum(reactions, { error: `must be one of ${reactions.join(", ")}` })
    .default("stop")
    .describe(
      "Reaction to a release that violates a condition. `stop` fails the step, and says how to go back. `rollback` also " +
        "puts the pods of the release before back within the same `up`, if nothing but the release has changed since " +
        "that one passed a watch.",
    ),
  windowSeconds: z
    .int()
    .min(1)
    .default(120)
    .describe(
      "Time in seconds over which rates are taken. At least four times the interval at which Prometheus scrapes. " +
        "Nothing is judged before it has passed once.",
    ),
  sampleSeconds: z.int().min(1).default(15).describe("Time in seconds between two samples."),
  samples: z
    .int()
    .min(1)
    .default(10)
    .describe(
      "Number of samples in a row beyond its bound with which a condition is violated. Together they must be longer " +
        "than `windowSeconds`, so that one spike is none.",
    ),
  beforeMinutes: z
    .int()
    .min(1)
    .default(60)
    .describe("Time before the rollout, in minutes, with whose mean values are compared."),
  awaySeconds: z.int().min(0).default(120).describe("Time in seconds for which Prometheus may not answer."),
  conditions: z
    .record(z.string().min(1), condition)
    .default({})
    .meta({
      description:
        "Changes of the system's own conditions, by their name as the result has it, and more conditions under names of " +
        "their own. Default: the system's own, as they are.",
      examples: [
        {
          "error rate": { atMost: 2 },
          "failed orders": {
            query: 'sum(rate(orders_failed_total{namespace="$namespace"}[$window])) * 60',
            unit: "per minute",
            atMost: 3,
          },
        },
      ],
    }),
});

/** The watch of a system, as the stack configures it. */
export const watch = fields.optional().meta({
  description:
    "Watch after each rollout: conditions on metrics of the Prometheus in `runsheet:prometheus`, without which there is " +
    "no watch. See `docs/configuration-guide.md`. Default: five minutes, with the system's own conditions.",
  examples: [{ minutes: 15, onFailure: "rollback" }],
});

export type WatchSettings = z.infer<typeof fields>;
export type ConditionChange = z.infer<typeof change>;
export type AddedCondition = z.infer<typeof added>;

/** The settings of the watch where the stack has none. */
export const watchDefaults: WatchSettings = fields.parse({});
