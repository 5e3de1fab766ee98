import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentsOf } from "../../../components/kubernetes/file-keys";
import type { MigrationSource } from "../../../components/migrations";
import { run } from "../../../lab/command";
import type { SqlDatabase } from "./sql-database";

/** Runs migrate.sh from a directory with what the ConfigMap has, as a pod mounts it. */
export async function runInPod(
  database: SqlDatabase,
  source: MigrationSource,
  mode: string,
  change: string,
  environment: Record<string, string> = {},
): Promise<string> {
  const pod = mkdtempSync(join(database.directory, "..", "pod-"));
  const temporary = mkdtempSync(join(database.directory, "..", "tmp-"));
  const { data, binaryData = {} } = contentsOf(source.files);
  for (const [key, text] of Object.entries(data)) writeFileSync(join(pod, key), text);
  for (const [key, packed] of Object.entries(binaryData)) writeFileSync(join(pod, key), Buffer.from(packed, "base64"));
  chmodSync(pod, 0o755);
  const env = { ...database.postgres.environment(database.owner), TMPDIR: temporary, ...environment };
  return run("sh", [join(pod, "migrate.sh"), mode, source.project, change], { env });
}
