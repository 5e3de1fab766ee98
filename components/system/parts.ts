/**
 * Parts of a runbook's schema: what the code of a system asks of its database, by names that do not depend on whose
 * migrations make it.
 */
import { z } from "zod";
import type { Check } from "../checks";

/** A part of a schema, as a system's folder declares it. */
export interface Part {
  /** Change of the migrations that Runsheet ships which completes it. */
  readonly change: string;
  /**
   * Its objects of the schema public which the runbook names or the system's own statements use: tables, views and
   * indexes by their name, columns as table.column, functions with their parentheses. Default: none can be named.
   */
  readonly needs?: readonly string[];
  /** Consequences for what Runsheet does, in the words of docs/schemas.md. Default: none. */
  readonly without?: string;
}

export type Parts<Name extends string = string> = Readonly<Record<Name, Part>>;

/** Checks of a schema, by the parts that the database is to have. */
export type SchemaChecks<Name extends string = string> = (has: (part: Name) => boolean) => readonly Check[];

/** Names of the parts, by the type of a system's settings. */
export type PartOf<Settings> = Settings extends { readonly schema?: infer Schema }
  ? NonNullable<Schema> extends { readonly without: readonly (infer Name extends string)[] }
    ? Name
    : never
  : never;

/** The key `schema` of a system with these parts. */
export function schemaSetting<Name extends string>(parts: Parts<Name>) {
  return z
    .strictObject({
      target: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "Last change of the migrations to deploy. Later changes are reverted. `none` reverts all. Default: all " +
            "changes.",
          examples: ["none"],
        }),
      deadlineSeconds: z
        .int()
        .min(60)
        .max(604_800)
        .default(3600)
        .describe(
          "Time in seconds after which a change, or going back, or a check of all changes, has failed. What a change was " +
            "about to do is undone, unless its script does it outside of a transaction.",
        ),
      without: z
        .array(z.enum(Object.keys(parts) as Name[]))
        .default([])
        .describe(
          "Parts of the runbook's schema that migrations of your own do not make. Runsheet does without them: " +
            "[docs/schemas.md](schemas.md) says what each is.",
        ),
    })
    .prefault({})
    .meta({
      description: "Migrations to deploy.",
      examples: [{ target: "none" }, { deadlineSeconds: 14_400 }, { without: Object.keys(parts).slice(0, 1) }],
    });
}

/**
 * Lists the parts that a database is to have.
 * @param schema the changes up to the target, of the migrations that Runsheet ships; the parts that others do not make
 */
export function partsThere<Name extends string>(
  parts: Parts<Name>,
  schema: { readonly changes: readonly string[] } | { readonly without: readonly string[] },
): Name[] {
  const isThere = (name: Name) =>
    "changes" in schema ? schema.changes.includes(parts[name].change) : !schema.without.includes(name);
  return (Object.keys(parts) as Name[]).filter(isThere);
}

/** Returns true if a system's migrations are those that Runsheet ships, and false if they are the team's own. */
export const schemaIsShipped = ({ migrations }: { readonly migrations?: unknown }): boolean => migrations === undefined;
