/** The configuration of the bucket's stack. */
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { bucketName } from "../components/object-store";
import { fitsUsers, folderUser } from "../components/object-store/bucket";
import { refusal } from "../stack/refusal";
import { isConfigSecret, notSecret } from "../stack/section";
import { described, parseValue, problemOf } from "../stack/values";

export const bucketSettings = z.strictObject({
  name: z
    .string()
    .regex(bucketName, "must be the name of a bucket: 3 to 63 of a-z, 0-9, '.' and '-'")
    // The names of its users, which may have 64, begin with it.
    .max(54, "must not have more than 54 characters")
    .meta({ description: "Name of the bucket.", examples: ["example-backups"] }),
  lockDays: z
    .int()
    .min(1)
    .default(30)
    .describe("Number of days for which a written object cannot be deleted for good."),
  kmsKeyArn: z
    .string()
    .regex(/^arn:[^:]+:kms:[^:]+:\d{12}:key\//, "must be the ARN of a key, and not of an alias, which grants nothing")
    .optional()
    .meta({
      description: "ARN of a key of AWS KMS that encrypts the objects. Default: S3's own keys.",
      examples: ["arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000003"],
    }),
  folders: z
    .array(z.string().regex(/^[\w.*-]+(\/[\w.-]+)+$/, "must be PREFIX/SYSTEM, such as production/prism"))
    .default([])
    .meta({
      description:
        "Folders that get keys of their own, each `PREFIX/SYSTEM` of a stack. A `*` in the prefix is any text: " +
        "`production*/prism` also has what the drill object-store-lost writes.",
      examples: [["production/prism", "production/pm"]],
    }),
  bucketKeys: z
    .boolean()
    .default(true)
    .describe("Whether keys for the whole bucket are made. Set it to false once each system has keys of its own."),
});

/** Errors for folders whose users would have names that AWS refuses. */
const tooLong = (project: string, { name, folders }: z.infer<typeof bucketSettings>) =>
  folders
    .filter((folder) => !fitsUsers(name, folder))
    .map((folder) => `${project}:folders: the names of the users of ${folder} would have more than 64 characters`);

/** Errors for folders whose users would have the same names: a `*` is in none. */
function sameUsers(project: string, { name, folders }: z.infer<typeof bucketSettings>): string[] {
  const earlier = new Map<string, string>();
  return folders.flatMap((folder) => {
    const user = folderUser(name, folder);
    const other = earlier.get(user);
    earlier.set(user, other ?? folder);
    return other === undefined
      ? []
      : [`${project}:folders: ${other} and ${folder} would have the same user, ${user}: remove one of them`];
  });
}

/** @throws RunError that lists every key that is wrong, before anything is changed */
export function readSettings(config: pulumi.Config): z.infer<typeof bucketSettings> {
  const known = Object.keys(bucketSettings.shape) as (keyof typeof bucketSettings.shape)[];
  const secret = known.filter((key) => isConfigSecret(`${config.name}:${key}`));
  const given = known.flatMap((key) => {
    // Not read at all, so that no error shows it.
    if (secret.includes(key)) return [];
    const text = config.get(key);
    return text === undefined ? [] : [[key, parseValue(bucketSettings.shape[key], text)] as const];
  });
  const read = bucketSettings.safeParse(Object.fromEntries(given), described);
  const problems = [
    ...secret.map((key) => notSecret(`${config.name}:${key}`)),
    ...(read.success
      ? [...tooLong(config.name, read.data), ...sameUsers(config.name, read.data)]
      : read.error.issues
          .filter(({ path }) => !secret.some((key) => key === path[0]))
          .map((issue) => problemOf(config.name, issue, { known }))),
  ];
  if (read.success && problems.length === 0) return read.data;
  throw refusal("the configuration is wrong", problems);
}
