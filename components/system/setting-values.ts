/** Values of settings, each checked by its form. */
import { z } from "zod";
import { majorOf } from "../postgres/image";

/** A size of memory or of a volume. */
export const quantity = z
  .string()
  .regex(/^\d+(Mi|Gi|Ti)$/, "must be a size such as 10Gi")
  .meta({ title: "size", examples: ["10Gi"] });

/** An image of PostgreSQL whose tag says which. */
export const postgresqlImage = z
  .string()
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

/** Environment variables of a command, each with the key of a secret that holds its value. */
export const commandSecrets = (description: string, example: Readonly<Record<string, string>>) =>
  z
    .record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), z.string().regex(/^[A-Za-z]\w*$/))
    .default({})
    .meta({ description, examples: [example] });

/** The name of an object in Kubernetes. */
export const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be the name of an object in Kubernetes, such as fast-ssd");

export const storageClass = kubernetesName.optional().meta({
  description: "StorageClass of new volumes. Volumes that exist keep theirs. Default: the cluster's default class.",
  examples: ["fast-ssd"],
});

/** A time zone by its name, as the tz database writes it: Kubernetes takes no other. */
export const timeZone = z
  .string()
  .refine(isTimeZone, "must be a time zone such as Africa/Lagos")
  .meta({ title: "time zone", examples: ["Africa/Lagos"] });

/** A schedule: minute, hour, day of the month, month, day of the week. */
export const cron = z
  .string()
  .regex(/^([\d*/,-]+ ){3}[\dA-Za-z*/,-]+ [\dA-Za-z*/,-]+$/, "must be cron's five fields, such as 0 2 * * *")
  .meta({ title: "cron schedule", examples: ["0 2 * * *"] });

function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
