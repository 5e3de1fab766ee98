/** The key `checks`: changes of a system's own checks, and more checks. */
import { z } from "zod";
import type { Expected } from "../checks";
import { looksSecret, namesSecret, withoutSecrets } from "./plain-secrets";
import { commandMemory, commandVariables, image, variableSecrets } from "./setting-values";

/** Any JSON. */
const json = z.unknown() as unknown as z.ZodType<Expected>;

const words = "`<string>`, `<number>`, `<boolean>`, `<array>`, `<object>`, `<uuid>` and `<value>` (any that is there)";

/** Variables belong in headers: what else is sent or asked is shown in errors. */
const withoutVariables = <Schema extends z.ZodType>(schema: Schema) =>
  schema.refine((value) => !JSON.stringify(value ?? null).includes("${"), {
    error: "must not contain ${: only headers name secrets",
  });

const headers = z
  .record(z.string().regex(/^[A-Za-z0-9-]+$/, "must be the name of a header, such as Authorization"), z.string())
  .superRefine((values, context) => {
    for (const [header, value] of Object.entries(values)) {
      // The value may be a secret: it is not repeated.
      const refuse = (message: string) =>
        context.addIssue({ code: "custom", path: [header], input: "[hidden]", message });
      if (/\p{Cc}/u.test(value)) refuse("must not contain a line break or another control character");
      else if ((namesSecret(header) || looksSecret(value)) && secretsIn(value).length === 0)
        refuse("must name a secret key of this namespace, such as Bearer ${chatToken}");
    }
  });

/** Keys of secrets that a header names. */
export const secretsIn = (header: string): string[] =>
  [...header.matchAll(/\$\{([A-Za-z]\w*)\}/g)].map(([, key]) => key!);

const shared = {
  timeoutSeconds: z
    .number()
    .positive()
    .max(3600)
    .optional()
    .describe(
      "Time in seconds in which an answer must come. Default: 5; 30 for a query; what a check of the system says.",
    ),
  withinSeconds: z
    .number()
    .min(0)
    .max(3600)
    .optional()
    .describe(
      "Time in seconds in which the check is repeated until it passes. Default: 20; 0 for a request other than GET and " +
        "HEAD; what a check of the system says.",
    ),
};

const ofAnswer = {
  headers: headers.optional().meta({
    description:
      "Headers beside those that the check has. `${KEY}` in one is the secret `KEY` of this namespace, as in " +
      "`Authorization: Bearer ${chatToken}`.",
    examples: [{ Authorization: "Bearer ${chatToken}" }],
  }),
  status: z.int().min(100).max(599).optional().describe("Expected status. Default: 200, or what the check has."),
  answer: json.optional().meta({
    description: `Expected JSON. An object may have more keys. ${words} stand for any of a kind. Default: any answer, or what the check has.`,
    examples: [{ status: "ok" }],
  }),
};

const change = z
  .strictObject({
    ...shared,
    ...ofAnswer,
    skip: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: "Reason for which the check is left out. The result repeats it. Default: it is asked.",
        examples: ["our logs are elsewhere"],
      }),
  })
  .refine((values) => Object.keys(values).length > 0, {
    error: "must have one of timeoutSeconds, withinSeconds, headers, status, answer, skip",
  });

const request = z.strictObject({
  url: withoutSecrets(
    withoutVariables(
      z.string().regex(/^(\/|https?:\/\/)[^\s@]*$/, "must be a path such as /api/health, or a URL without a user"),
    ),
  ).meta({
    description: "URL, or a path of the system's first workload.",
    examples: ["/api/feedback"],
  }),
  method: z
    .enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    .optional()
    .describe("Method. Default: GET; POST with a body."),
  body: withoutVariables(json.optional()).meta({
    description: "JSON to send. Default: none.",
    examples: [{ query: "test" }],
  }),
  mediaType: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Expected media type. Default: any.", examples: ["text/csv"] }),
  metrics: z
    .array(
      z.strictObject({
        metric: z
          .string()
          .min(1)
          .meta({ description: "Name of the metric.", examples: ["up"] }),
        labels: z
          .record(z.string(), z.string())
          .optional()
          .meta({ description: "Labels that a sample must have. Default: any.", examples: [{ queue: "mail" }] }),
        value: z
          .number()
          .optional()
          .meta({ description: "Value of the sample. Default: any.", examples: [1] }),
      }),
    )
    .optional()
    .meta({
      description: "Samples that the answer must have, in Prometheus' text format. Default: none.",
      examples: [[{ metric: "queue_up", labels: { queue: "mail" }, value: 1 }]],
    }),
  ...ofAnswer,
  ...shared,
});

const query = z.strictObject({
  sql: withoutVariables(z.string().min(1)).meta({
    description: "Query. It runs with the application's login.",
    examples: ["SELECT count(*) > 0 AS some FROM materials"],
  }),
  row: json.optional().meta({
    description: "Expected first row, as in `answer` of a request. Default: any, or none.",
    examples: [{ some: true }],
  }),
  ...shared,
});

const redisCommand = z.strictObject({
  redis: z
    .array(z.string())
    .min(1)
    .meta({ description: "Command of Redis, and its arguments.", examples: [["LLEN", "bull:model-training:wait"]] }),
  matches: z
    .string()
    .refine(isPattern, "must be a regular expression, such as ^[0-9]$")
    .meta({ title: "regular expression", description: "Regular expression for the reply.", examples: ["^[0-9]$"] }),
  ...shared,
});

const port = z.strictObject({
  tcp: z
    .string()
    .regex(/^[^\s:/@]+:\d{1,5}$/, "must be HOST:PORT, such as graph.example:7687")
    .refine((address) => Number(address.split(":")[1]) < 65_536, "must have a port below 65536")
    .meta({ description: "Address that must accept a connection.", examples: ["graph.example:7687"] }),
  ...shared,
});

const command = z.strictObject({
  image: image.meta({
    title: "image",
    description: "Image with the command.",
    examples: ["registry.example/tests:5.0.0"],
  }),
  command: z
    .array(z.string().min(1))
    .min(1)
    .meta({
      description:
        "Command and its arguments. It has `DATABASE_URL` and libpq's variables of the application's login, " +
        "`REDIS_URL`, `RELEASE` and `BASE_URL`, the URL of the system's first workload. " +
        `${commandVariables} Its exit code counts.`,
      examples: [["npm", "run", "test:integration"]],
    }),
  secrets: variableSecrets(
    "Environment variables of the command, each with the secret key of this namespace that holds its value.",
    { API_TOKEN: "chatToken" },
  ),
  deadlineSeconds: z.int().min(10).default(600).describe("Time in seconds after which the command has failed."),
  memoryLimit: commandMemory,
});

/** Kinds of checks that are added, by the key that tells them. */
const added = { url: request, sql: query, redis: redisCommand, tcp: port, image: command };

const titled = <Schema extends z.ZodType>(schema: Schema, title: string) => schema.meta({ title });

const kinds = z.union([
  titled(request, "A request"),
  titled(query, "A query"),
  titled(redisCommand, "A command of Redis"),
  titled(port, "A connection"),
  titled(command, "A command in an image"),
  titled(change, "A change of a check that the system has"),
]);

/** Checks the value by the kind that its keys tell, so that an error is about the key that is wrong. */
const check = z.preprocess((value, context) => {
  const isObject = typeof value === "object" && value !== null;
  const [, chosen = change] = Object.entries(added).find(([key]) => isObject && key in value) ?? [];
  const { issues } = chosen._zod.run({ value, issues: [] }, {}) as z.core.ParsePayload;
  context.issues.push(...issues);
  return value;
}, kinds);

/** Checks of a system, as the stack configures them. */
export const checks = z
  .record(z.string().min(1), check)
  .default({})
  .meta({
    description:
      "Changes of the system's own checks, by their name as the result has it, and more checks under names of their " +
      "own, which the step `verify` runs after the others. See `docs/configuration-guide.md`. Default: the system's own, as " +
      "they are.",
    examples: [
      {
        "application health": { timeoutSeconds: 20, headers: { Authorization: "Bearer ${healthToken}" } },
        "feedback is accepted": { url: "/api/feedback", body: { text: "smoke test" }, status: 201 },
        "the queue is short": { redis: ["LLEN", "bull:mail:wait"], matches: "^\\d{1,2}$" },
      },
    ],
  });

export type CheckSettings = z.infer<typeof checks>;
export type CheckChange = z.infer<typeof change>;
export type AddedCommand = z.infer<typeof command>;
export type AddedCheck =
  z.infer<typeof request> | z.infer<typeof query> | z.infer<typeof redisCommand> | z.infer<typeof port>;

type Configured = CheckSettings[string];

/** Tells whether a check is added; otherwise it is a change of one that the system has. */
export const isAdded = (entry: Configured): entry is AddedCheck | AddedCommand =>
  Object.keys(added).some((key) => key in entry);

/** Tells whether it is a command in an image. */
export const isCommand = (entry: Configured): entry is AddedCommand => "image" in entry;

/** Part of a check that names secrets. */
interface Naming {
  readonly headers?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Keys of the secrets that the checks name, by what names them. */
export const secretsOf = (checks: Readonly<Record<string, object>>): (readonly [place: string, key: string])[] =>
  Object.entries(checks).flatMap(([name, check]) => {
    const { headers = {}, secrets = {} } = check as Naming;
    return [
      ...Object.entries(headers).flatMap(([header, value]) =>
        secretsIn(value).map((key) => [`checks.${name}.headers.${header}`, key] as const),
      ),
      ...Object.entries(secrets).map(([variable, key]) => [`checks.${name}.secrets.${variable}`, key] as const),
    ];
  });

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
