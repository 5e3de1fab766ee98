/** Settings of a restore of a system's database. */
import { z } from "zod";
import { tiers } from "../backups/tiers";
import type { RestorePoint } from "./database-plan";

/**
 * Converts a time to ISO 8601. Pulumi hands over a time without quotation marks in YAML as
 * 2026-11-27 09:30:00.25 +0100 +0100. Undefined if the text is not a time.
 */
function timeOf(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z| ?([+-]\d\d):?(\d\d)(?: \S+)?)$/.exec(text);
  if (!match) return undefined;
  const [, day, time, hours, minutes] = match;
  const iso = `${day}T${time}${hours === undefined || `${hours}${minutes}` === "+0000" ? "Z" : `${hours}:${minutes}`}`;
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

/** A moment to restore a database to, or a dump. */
const restorePoint = z.string().transform((text, context): RestorePoint => {
  if (text === "latest") return text;
  if (/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/.test(text)) return { lsn: text.toUpperCase() };
  const time = timeOf(text);
  if (time !== undefined) return { time };
  if (tiers.some((tier) => text.startsWith(`${tier}/`))) return { dump: text };
  context.addIssue(
    `must be latest, a time such as 2026-11-27T09:30:00Z, an LSN such as 0/3000028, or a dump such as ${tiers[0]}/20261127T010000Z`,
  );
  return z.NEVER;
});

/** The key `restore` of a system. */
export const restore = z
  .strictObject({
    from: restorePoint.meta({
      description:
        "What to restore: `latest`; a time with its zone, whose last commit is included; an LSN of the " +
        "write-ahead log; or a dump by its name in the bucket, without `.dump`.",
      examples: ["latest", "2026-11-27T09:30:00Z", "0/3000028", "daily/20261127T010000Z"],
    }),
    replaces: z
      .string()
      .min(1)
      .optional()
      .meta({
        description:
          "Name of the live database that the restored one replaces (`pulumi stack output SYSTEM`). For a database " +
          "that exists: host and database of `databaseDirectUrl`. Required if there is a live database. Default: none.",
        examples: ["prism-postgresql", "db.example.com/prism"],
      }),
    server: z
      .string()
      .min(1)
      .optional()
      .meta({
        description:
          "Server name of the database in the archive. Required on a new stack, unless a dump is restored. " +
          "Default: that of the database in `replaces`.",
        examples: ["prism-postgresql"],
      }),
    deadlineSeconds: z
      .int()
      .min(60)
      .max(86_400)
      .default(3600)
      .describe(
        "Time in seconds until the restored database must be ready. For one that exists: limit for replacing its " +
          "contents, and for verifying them.",
      ),
    unsigned: z
      .boolean()
      .optional()
      .describe(
        "Whether a dump is restored that is not signed with `runsheet:backupsSigningKey`, such as one from before the key " +
          "was set. It may have been replaced by whoever can write to the bucket. Default: false.",
      ),
    safetyDump: z
      .boolean()
      .optional()
      .describe(
        "Whether a dump of the present state is taken before a database that exists is restored. Set it to false " +
          "only if that dump fails because the database is damaged: what was written since the restored dump is " +
          "then lost for good. Default: true.",
      ),
  })
  .optional()
  .meta({
    description:
      "Restores the database from the archive or from a dump, into a new database. If it fails, the next `up` " +
      "resumes it. The live database is stopped once the new one is verified; with `latest` of the live " +
      "database itself it is stopped before that, and after the same restore was tried beside it. A database that " +
      "exists is restored from a dump, in place: everything that writes is stopped meanwhile. Default: no restore.",
    examples: [
      { from: "2026-11-27T09:30:00Z", replaces: "prism-postgresql" },
      { from: "daily/20261127T010000Z", replaces: "db.example.com/prism" },
    ],
  });
