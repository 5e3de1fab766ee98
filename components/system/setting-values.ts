/** Values of settings, each checked by its form. */
import { z } from "zod";
import { imageForm, imagePattern } from "../kubernetes/image-tag";
import { majorOf } from "../postgres/image";
import { cronProblem } from "./cron-fields";
import { isTimeZone, meantTimeZone } from "./time-zones";

/** A size of memory or of a volume. */
export const quantity = z
  .string()
  .regex(/^\d+(Mi|Gi|Ti)$/, "must be a size such as 10Gi")
  .meta({ title: "size", examples: ["10Gi"] });

/** An image, as every registry and every node takes its name. */
export const image = z.string().regex(imagePattern, { abort: true, message: imageForm }).meta({ title: "image" });

/** An image of PostgreSQL whose tag says which. */
export const postgresqlImage = image
  .refine(
    (image) => majorOf(image) !== undefined,
    "must have a tag that begins with PostgreSQL's version, such as registry.example/postgresql:17.6; a digest may come after it",
  )
  .meta({ title: "image", examples: ["registry.example/postgresql:17.6"] });

/** A pod's request of its node's processors, or its limit. */
export const cpus = z
  .string()
  .regex(/^\d+m?$/, "must be CPUs, such as 500m")
  .meta({ title: "CPUs", examples: ["500m"] });

/** A certificate authority. */
export const certificateAuthority = z
  .string()
  .regex(/-----BEGIN CERTIFICATE-----/, "must be the certificate of an authority as PEM")
  .optional();

/** The number of requests of a measurement. */
export const loadRequests = z
  .int()
  .min(20)
  .max(10_000)
  .describe("Number of requests. It must be within what the application allows a client at once.");

/** Part of the descriptions of commands. */
export const commandVariables =
  "`$(NAME)` in an argument is the value of that variable, and `$$(NAME)` stays `$(NAME)`.";

/** Memory limit of a command in the configuration's own image. */
export const commandMemory = quantity.default("1Gi").describe("Memory limit of the command. Beyond it, it is killed.");

/** Key of a secret of the stack, without its namespace. */
export const secretKey = z
  .string()
  .regex(/^[A-Za-z]\w*$/, "must be the name of a secret key of this namespace, such as apiToken");

/** Environment variables, each with the key of a secret that holds its value. */
export const variableSecrets = (description: string, example: Readonly<Record<string, string>>) =>
  z
    .record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), secretKey)
    .default({})
    .meta({ description, examples: [example] });

/** The name of an object in Kubernetes. */
export const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be the name of an object in Kubernetes, such as fast-ssd");

/** The name of a label, of an annotation, or of a taint. */
export const labelName = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
    "must be a name such as topology.kubernetes.io/zone: letters, digits, dots and dashes, perhaps after a domain and a slash",
  );

/** A directory or a file of a pod that nothing else has. */
export const absolutePath = z
  .string()
  .regex(/^(\/[^\s/:]+)+$/, "must be an absolute path, such as /app/logs")
  .refine(
    (directory) => !/^\/(tmp|runsheet|secrets|etc\/runsheet)(\/|$)|\/\.\.?(\/|$)/.test(directory),
    "must be a directory that nothing else has, without . or ..",
  );

/** The name of an environment variable. */
export const variableName = z.string().regex(/^[A-Za-z_]\w*$/, "must be the name of a variable, such as LOG_LEVEL");

export const storageClass = kubernetesName.optional().meta({
  description: "StorageClass of new volumes. Volumes that exist keep theirs. Default: the cluster's default class.",
  examples: ["fast-ssd"],
});

/** A time zone by its name of today, as the tz database writes it: Kubernetes and PostgreSQL's image have no other. */
export const timeZone = z
  .string()
  .superRefine((name, context) => {
    if (isTimeZone(name)) return;
    const message = `must be a time zone such as ${meantTimeZone(name) ?? "Africa/Lagos"}`;
    context.addIssue({ code: "custom", input: name, message });
  })
  .meta({ title: "time zone", examples: ["Africa/Lagos"] });

/** A schedule: minute, hour, day of the month, month, day of the week. */
export const cron = z
  .string()
  .regex(/^([\w*/,-]+ ){4}[\w*/,-]+$/, { abort: true, message: "must be cron's five fields, such as 0 2 * * *" })
  .superRefine((schedule, context) => {
    const problem = cronProblem(schedule);
    if (problem === undefined) return;
    const message = `must be cron's five fields, such as 0 2 * * *: ${problem}`;
    context.addIssue({ code: "custom", input: schedule, message });
  })
  .meta({ title: "cron schedule", examples: ["0 2 * * *"] });
