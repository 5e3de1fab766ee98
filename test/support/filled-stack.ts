/** Values that only the user knows, for the marks and the secrets of the stacks `staging` and `production`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { marksIn, placeOf, type Mark } from "../../stack/unset";
import { muedMigrations, omniopsMigrations, pmMigrations, prismMigrations, written } from "./teams/migrations";
import { configurationOf } from "./stack-configuration";

const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** Values by their place, but for the directories of migrations. */
const values = (stack: string): Readonly<Record<string, string>> => ({
  "runsheet:backups.bucket": "company-backups",
  "runsheet:backups.region": "eu-west-1",
  "runsheet:context": `company-${stack}`,
  "prism:application.api": "registry.test/prism-api",
  "prism:application.functions": "registry.test/prism-functions",
  "prism:functions.project": `prism${stack}`,
  "prism:ingress.clusterIssuer": "letsencrypt",
  "prism:ingress.host": `prism.${stack}.test`,
  "prism:postgres.ca": ca,
  "prism:publicUrl": `https://prism.${stack}.test`,
  "prism:release": "5.0.0",
  "prism:smokeTest.businessId": "00000000-0000-4000-8000-00000000000b",
  "omniops:application.app": "registry.test/omniops",
  "omniops:appUrl": `https://omniops.${stack}.test`,
  "omniops:ingress.clusterIssuer": "letsencrypt",
  "omniops:ingress.host": `omniops.${stack}.test`,
  "omniops:openaiOrganization": "org-company",
  "omniops:postgres.ca": ca,
  "omniops:publicUrl": `https://omniops.${stack}.test`,
  "omniops:supabaseUrl": `https://omniops${stack}.supabase.test`,
  "mued:application.app": "registry.test/mued",
  "mued:backup.command.command[4]": `mued-${stack}`,
  "mued:backup.command.image": "registry.test/neon:2.15.0",
  "mued:ingress.clusterIssuer": "letsencrypt",
  "mued:ingress.host": `mued.${stack}.test`,
  "mued:publicUrl": `https://mued.${stack}.test`,
  "mued:release": "2.0.0",
  "pm:application.backend": "registry.test/pm-backend",
  "pm:application.frontend": "registry.test/pm-frontend",
  "pm:dashboardUrl": "https://monitoring.test/health",
  "pm:ingress.clusterIssuer": "letsencrypt",
  "pm:ingress.host": `pm.${stack}.test`,
  "pm:neo4j.uri": `neo4j+s://graph.${stack}.test:7687`,
  "pm:publicUrl": `https://pm.${stack}.test`,
  "pm:runbookUrl": "https://wiki.test/pm",
  "ai-backend:application.api": "registry.test/ai-backend",
  "ai-backend:ingress.clusterIssuer": "letsencrypt",
  "ai-backend:ingress.host": `ai.${stack}.test`,
  "ai-backend:models.storageClass": "shared-files",
  "ai-backend:network.from[0]": "monitoring",
  "ai-backend:postgres.ca": ca,
  "ai-backend:publicUrl": `https://ai.${stack}.test`,
  "ai-backend:release": "1.0.0",
});

/** Migrations of the teams, by the place that names their directory. */
const migrations = {
  "prism:migrations.sql": prismMigrations,
  "omniops:migrations.sql": omniopsMigrations,
  "mued:migrations.sql": muedMigrations,
  "pm:migrations.sql": pmMigrations,
};

/** Both URLs of a database: the application's, through a pooler in transaction mode, and that of the migrations. */
const database = (system: string, stack: string) => ({
  [`${system}:databaseUrl`]: `postgresql://app:secret@pooler.test:6543/${system}-${stack}?sslmode=verify-full`,
  [`${system}:databaseDirectUrl`]: `postgresql://owner:secret@db.test/${system}-${stack}?sslmode=verify-full`,
});

/**
 * The secrets that a stack needs, the keys that delete what is due, the direct URLs, and in production the channel of PM's
 * messages.
 */
export const secretsOf = (stack: string): Readonly<Record<string, string>> => ({
  "runsheet:backupsAccessKeyId": "<access key ID>",
  "runsheet:backupsSecretAccessKey": "<secret access key>",
  "runsheet:backupsSigningKey": "<key that signs>",
  "runsheet:backupsRetentionAccessKeyId": "<access key ID that deletes>",
  "runsheet:backupsRetentionSecretAccessKey": "<secret access key that deletes>",
  ...Object.fromEntries(
    [
      "prism:openaiApiKey",
      "prism:supabaseServiceRoleKey",
      "prism:supabaseAnonKey",
      "prism:adminToken",
      "prism:supabaseAccessToken",
      "omniops:openaiApiKey",
      "omniops:supabaseAnonKey",
      "omniops:supabaseServiceRoleKey",
      "omniops:sendgridApiKey",
      "mued:neonApiKey",
      "pm:adminKey",
      "pm:testApiKey",
      "pm:neo4jPassword",
      "ai-backend:supabaseServiceKey",
      "ai-backend:supabaseAnonKey",
    ].map((key) => [key, `<secret ${key}>`]),
  ),
  "omniops:slackWebhookUrl": "https://hooks.test/omniops",
  ...(stack === "production" && { "pm:slackWebhookUrl": "https://hooks.test/pm" }),
  "omniops:redisUrl": `rediss://:secret@redis.${stack}.test:6380`,
  "ai-backend:supabaseUrl": `https://ai${stack}.supabase.test`,
  ...database("prism", stack),
  ...database("omniops", stack),
  ...database("mued", stack),
  ...database("pm", stack),
  ...database("ai-backend", stack),
});

/** A stack whose marks have values, while the test runs. */
export class FilledStack {
  private readonly directory = mkdtempSync(join(tmpdir(), "runsheet-teams-"));
  private readonly values: Readonly<Record<string, string>>;

  constructor(private readonly stack: string) {
    const directories = Object.entries(migrations).map(([place, of]) => [
      place,
      written(of, join(this.directory, place.split(":")[0]!)),
    ]);
    this.values = { ...values(stack), ...(Object.fromEntries(directories) as Record<string, string>) };
  }

  /** Places of the values that are known here. */
  get places(): readonly string[] {
    return Object.keys(this.values);
  }

  /**
   * The keys of the file that have marks, with the values in their place.
   * @throws Error with the place of a mark that has no value here
   */
  changes(): Readonly<Record<string, unknown>> {
    const marked = Object.entries(configurationOf(this.stack)).filter(([, value]) => marksIn(value).length > 0);
    return Object.fromEntries(marked.map(([key, value]) => [key, this.filled(key, value)]));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private filled(key: string, value: unknown, path: Mark["path"] = []): unknown {
    if (typeof value === "string") {
      const [mark] = marksIn(value, path);
      if (!mark) return value;
      const place = placeOf(key, mark.path);
      if (this.values[place] === undefined) throw new Error(`test/support/filled-stack.ts has no value for ${place}`);
      return this.values[place];
    }
    if (Array.isArray(value)) return value.map((each, index) => this.filled(key, each, [...path, index]));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, this.filled(key, each, [...path, name])]),
    );
  }
}
