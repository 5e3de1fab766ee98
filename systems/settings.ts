/** What the configuration of every system has in common. */
import { z } from "zod";

const identifier = /^[a-z][a-z0-9_]*$/;
const quantity = z.string().regex(/^\d+(Mi|Gi|Ti)$/, "must be a size such as 10Gi");

/** A release is a label of pods and part of a dump's name. */
export const release = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
    "must be a version such as 5.0.0 (letters, digits, '.', '_', '-')",
  );

/** Which changes the database has. */
export const schema = z.strictObject({
  /** The last change to have; later ones are reverted. Default: all changes. */
  target: z.string().regex(identifier, "must be the name of a change").optional(),
});

/** How PostgreSQL is provided. */
export const postgres = z.discriminatedUnion("engine", [
  z.strictObject({
    engine: z.literal("cloudnativepg"),
    instances: z.int().min(1).max(9).default(1),
    storage: quantity.default("1Gi"),
    parameters: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({
    engine: z.literal("external"),
    host: z.string().min(1),
    port: z.int().min(1).max(65535).default(5432),
    adminUser: z.string().min(1).default("postgres"),
    sslMode: z.enum(["disable", "require", "verify-full"]).default("require"),
  }),
]);

/** How Redis is provided. */
export const redis = z.discriminatedUnion("engine", [
  z.strictObject({ engine: z.literal("kubernetes"), storage: quantity.default("1Gi") }),
  z.strictObject({ engine: z.literal("external") }),
]);

/** The dump before the migrations. */
export const dump = z.strictObject({
  /** Size of the volume that holds the dumps. */
  storage: quantity.default("1Gi"),
  /** A dump that takes longer has failed. */
  deadlineSeconds: z.int().min(60).default(3600),
});

/** A time zone by its name. */
export const timeZone = z.string().refine(isTimeZone, "must be a time zone such as Africa/Lagos");

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export type Postgres = z.infer<typeof postgres>;
export type Redis = z.infer<typeof redis>;

/** The images that systems and components run; each is a setting of the stack. */
export interface Images {
  /** PostgreSQL of CloudNativePG's kind, with pg_dump and psql. */
  readonly postgresql: string;
  readonly redis: string;
  /** A stock Node.js. */
  readonly node: string;
  /** Sqitch with psql and DBD::Pg. */
  readonly sqitch: string;
}
