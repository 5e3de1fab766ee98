/** The configuration that all systems share. */
import { z } from "zod";
import { proofs } from "../backups/dumps";
import { postgres, type redis, type volatileRedis } from "./datastore-settings";
import { backup } from "./backup-settings";
import { checks } from "./check-settings";
import { contacts } from "./contact-settings";
import type { IngressSettings } from "./ingress-settings";
import { migrations } from "./migration-settings";
import { namespace } from "./namespace-settings";
import { network } from "./network-settings";
import type { Check } from "../checks";
import type { Condition } from "../watch";
import { registries } from "./private-images";
import type { PartOf, Parts, SchemaChecks, schemaSetting } from "./parts";
import type { Schema } from "./schema";
import { restore } from "./restore-settings";
import { secret } from "./secret-settings";
import { image, quantity } from "./setting-values";
import { watch } from "./watch-settings";
import type { Workloads } from "./workload-settings";

/** A release is a label of pods and part of a dump's name. */
const release = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
    "must be a version such as 5.0.0 (letters, digits, '.', '_', '-')",
  )
  .meta({
    description: "Version of the application to run. It is the tag of the application's images.",
    examples: ["5.0.0"],
  });

/** The images of an application by their purpose; or the stand-in of the local stack. */
export function application<Name extends string>(...images: readonly Name[]) {
  const shape = Object.fromEntries(
    images.map((name) => {
      const description = `Image of the ${name}.`;
      return [name, image.meta({ title: "image", description, examples: [`registry.example/${name}`] })];
    }),
  ) as Record<Name, z.ZodString>;
  const example = images.map((name) => `${name}: IMAGE`).join(", ");
  const standIn = z.literal(true).describe("Runs the stand-in of the local stack in place of the application.");
  return z
    .union([z.strictObject(shape), z.strictObject({ standIn })], {
      error: (issue) => `must be { ${example} } or { standIn: true }${wrongImages(issue.input)}`,
    })
    .meta({
      description:
        "Images of the application: `release` is the tag of those that have none. One with a tag of its own, in which the " +
        "release has to be, or with a digest runs as it is: set it anew with each release. Or the stand-in of the local stack.",
      examples: [Object.fromEntries(images.map((name) => [name, `registry.example/${name}`])), { standIn: true }],
    });
}

/** Says which image is none. */
function wrongImages(input: unknown): string {
  const given = Object.entries(typeof input === "object" && input !== null ? input : {}) as [string, unknown][];
  const problems = given.flatMap(([name, value]) => {
    const message = typeof value === "string" ? image.safeParse(value).error?.issues[0]?.message : undefined;
    return message === undefined ? [] : [`: ${name} ${message}`];
  });
  return problems[0] ?? "";
}

/** The keys that every system has, beside its `application`. */
export const commonSettings = {
  release,
  postgres,
  namespace: namespace(),
  network,
  secret: secret(),
  generateSecrets: z
    .boolean()
    .default(false)
    .describe("Whether to generate secrets that are not set. Allowed only with the stand-in."),
  rolloutDeadlineSeconds: z
    .int()
    .min(10)
    .default(300)
    .describe("Time without progress, in seconds, after which a rollout has failed."),
  registries,
  checks,
  contacts,
  watch,
  publicUrl: z
    .string()
    .regex(/^https:\/\/[^\s@?#]+$/, "must be a URL such as https://www.example.com")
    .optional()
    .meta({
      description:
        "URL under which users reach the application. At the end of a deployment a pod asks it, through the DNS, the " +
        "TLS certificate and the ingress. Default: the application is asked inside the cluster only.",
      examples: ["https://www.example.com"],
    }),
  publicCa: z
    .string()
    .regex(/-----BEGIN CERTIFICATE-----/, "must be the certificate of an authority as PEM")
    .optional()
    .meta({
      description:
        "Certificate authority that signed the certificate of `publicUrl`, as PEM, beside the publicly trusted ones. It " +
        "is no secret. Default: none.",
      examples: ["-----BEGIN CERTIFICATE----- ..."],
    }),
  restore,
  live: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "Name of the live database. Needed only if the stack's outputs are lost, if the cluster records another " +
        "database, or if `postgres` leads to another one that exists; the error that asks for it names both. Default: " +
        "the one in the stack's outputs.",
      examples: ["prism-postgresql", "db.example.com/prism"],
    }),
  discard: z
    .array(z.string().min(1))
    .default([])
    .meta({ description: "Replaced databases to delete, by name.", examples: [["prism-postgresql"]] }),
};

/** The keys of the systems that have migrations, beside `schema` (`schemaSetting`). */
export const schemaSettings = {
  migrations,
  backup,
  baseline: z
    .boolean()
    .default(false)
    .describe(
      "Whether to create the schema that the runbook expects to exist. Allowed only with the stand-in and a " +
        "database that the stack creates.",
    ),
  dump: z
    .strictObject({
      storage: quantity
        .default("1Gi")
        .describe(
          "Space for a dump on its way to the object store, on the node's disk. Without `runsheet:backups`: size " +
            "of the volume that keeps all dumps.",
        ),
      deadlineSeconds: z
        .int()
        .min(60)
        .default(7200)
        .describe("Time in seconds after which a dump, including its proof, has failed."),
      proof: z
        .enum(proofs, { error: `must be one of ${proofs.join(", ")}` })
        .default("restore")
        .describe(
          "Proof that a dump is good. `restore` restores it into a scratch server and verifies it there. `read` " +
            "reads it whole.",
        ),
      scratch: quantity
        .optional()
        .describe(
          "Space for the scratch server. Default: the size of the database's data volume, or 10Gi if the database " +
            "is on an external server.",
        ),
      scratchClass: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "StorageClass of a volume for the scratch server, which is created and deleted with each dump's pod. " +
            "Default: the scratch server is on the node's disk.",
          examples: ["fast-ssd"],
        }),
    })
    .prefault({})
    .meta({
      description: "Dumps of the database: before each migration, and with `runsheet:backups` on a schedule.",
      examples: [{ storage: "20Gi", proof: "restore" }],
    }),
};

/** The settings that all systems share. */
export interface CommonSettings
  extends z.infer<z.ZodObject<typeof commonSettings>>, Partial<z.infer<z.ZodObject<typeof schemaSettings>>> {
  readonly schema?: z.infer<ReturnType<typeof schemaSetting<string>>>;
  readonly application: { readonly standIn: true } | Readonly<Record<string, string>>;
  readonly redis?: z.infer<typeof redis> | z.infer<ReturnType<typeof volatileRedis<Record<never, never>>>>;
  readonly workloads: Workloads;
  readonly ingress?: IngressSettings;
}

/** Tells whether the stand-in of the local stack runs in place of the application. */
export const isStandIn = ({ application }: Pick<CommonSettings, "application">): boolean => "standIn" in application;

/** System as its checks see it. */
export interface Declared<Settings extends CommonSettings> {
  readonly settings: Settings;
  /** True if Runsheet ships the migrations, and false if they are the team's own. */
  readonly schemaIsShipped: boolean;
  /** Returns true if the database is to have a part of the runbook's schema. */
  has(part: PartOf<Settings>): boolean;
  /** Returns true if a change of the migrations that Runsheet ships is one of those up to the target. */
  deploys(change: string): boolean;
}

/** A system's keys and secrets, which its folder declares for stack/config.ts. */
export interface SystemConfiguration<Settings extends CommonSettings> {
  /** The keys that are not secret. */
  readonly settings: z.ZodType<Settings> & { readonly shape: z.ZodRawShape };
  /** The secret keys, each with its environment variable. */
  readonly secrets: SecretVariables;
  /** Optional secret keys that these settings require. Default: none. */
  readonly alsoRequired?: (settings: Settings) => readonly string[];
  /** Directory of the Sqitch project: sqitch.plan, deploy/, verify/, revert/. Default: the system has no migrations. */
  readonly migrations?: string;
  /** Parts of the runbook's schema. Default: the system's code asks for none. */
  readonly parts?: Parts<PartOf<Settings>>;
  /** The runbook's verification queries, for migrations of the team's own. Default: none. */
  readonly schemaChecks?: SchemaChecks<PartOf<Settings>>;
  /** Checks that the stack may change by their names. Default: none. */
  readonly checks?: (system: Declared<Settings>) => readonly Check[];
  /** Conditions of the watch, which the stack may change by their names. Default: none. */
  readonly conditions?: (settings: Settings) => readonly Condition[];
  /** Reasons why the stack cannot change the system's other checks, by their names. Default: it has no others. */
  readonly fixedChecks?: (settings: Settings) => Readonly<Record<string, string>>;
  /**
   * Problems of keys with each other, each beginning with its key. Not called if `schema.target` is wrong.
   * @param schema undefined if the system has no migrations
   */
  readonly problems?: (settings: Settings, schema: Schema | undefined) => readonly string[];
}

/** Environment variables by configuration key. */
export interface SecretVariables {
  readonly required: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
  /** Variables that Runsheet itself uses, and no pod of the application gets. Default: none. */
  readonly notForPods?: readonly string[];
}
