/** The configuration of the bucket's stack. */
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { bucketName } from "../components/object-store";
import { refusal } from "../stack/refusal";

const days = z.coerce.number({ error: "must be a whole number of days" }).int().min(1);

const settings = z.strictObject({
  name: z
    .string({ error: "is missing: what the bucket is to be called" })
    .regex(bucketName, "must be the name of a bucket")
    // Those of its users, which may have 64, begin with it.
    .max(54, "must not have more than 54 characters"),
  /** For how many days what was written cannot be deleted for good. */
  lockDays: days.default(30),
  /** The key of AWS' key management service. Default: S3's own keys. */
  kmsKeyArn: z
    .string()
    .regex(/^arn:[^:]+:kms:[^:]+:\d{12}:key\//, "must be the ARN of a key, and not of an alias, which grants nothing")
    .optional(),
});

/** @throws RunError that lists every key that is wrong, before anything is changed */
export function readSettings(config: pulumi.Config): z.infer<typeof settings> {
  const given = Object.fromEntries(Object.keys(settings.shape).map((key) => [key, config.get(key)]));
  const read = settings.safeParse(given);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${config.name}:${path.join(".")}: ${message}`);
  throw refusal("the configuration is wrong", problems);
}
