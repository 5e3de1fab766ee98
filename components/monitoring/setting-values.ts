/** Values of the monitoring's settings, each checked by its form. */
import { z } from "zod";

export const nonEmpty = z.string().min(1);

/** A size of memory or of a volume. */
export const quantity = z
  .string()
  .regex(/^\d+(Mi|Gi|Ti)$/, "must be a size such as 10Gi")
  .meta({ title: "size", examples: ["10Gi"] });

/** A pod's request of its node's processors. */
export const cpus = z
  .string()
  .regex(/^\d+m?$/, "must be CPUs, such as 500m")
  .meta({ title: "CPUs", examples: ["500m"] });

/** A number of days for which something is kept. */
export const days = z.int().min(1);

/** A time as Prometheus writes it. */
export const duration = z.string().regex(/^[1-9]\d*(s|m|h)$/, "must be a time such as 30s");

/** Name of a namespace that leaves room for `-nodes`. */
export const namespaceName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,55}[a-z0-9])?$/, "must be the name of a namespace, of at most 57 of a-z, 0-9 and -");

export const label = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
    "must be the name of a label, such as release",
  );

export const storageClass = nonEmpty.optional().meta({
  description: "StorageClass of new volumes. Default: the cluster's default class.",
  examples: ["fast-ssd"],
});
