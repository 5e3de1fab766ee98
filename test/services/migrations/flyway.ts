/** The real Flyway, from Maven, kept in the cache. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/command";
import { installed } from "../../../lab/packages";
import { cache } from "../../../lab/paths";
import type { SqlDatabase } from "./sql-database";

const version = "11.20.3";
const libraries = join(cache, `flyway-${version}`);

/** Artifacts of the command line, each with its group and version. They bring nothing else along that is needed. */
const artifacts: readonly (readonly [group: string, artifact: string, version: string])[] = [
  ["org.flywaydb", "flyway-commandline", version],
  ["org.flywaydb", "flyway-core", version],
  ["org.flywaydb", "flyway-database-postgresql", version],
  ["com.fasterxml.jackson.dataformat", "jackson-dataformat-toml", "2.19.1"],
  ["com.fasterxml.jackson.datatype", "jackson-datatype-jsr310", "2.19.1"],
  ["org.postgresql", "postgresql", "42.7.7"],
];

/** Fetches Flyway with Maven, which compares the checksums, unless the cache has it. */
export async function flywayInstalled(): Promise<void> {
  await installed(["default-jre-headless", "maven"]);
  if (existsSync(libraries)) return;
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(`${libraries}.`);
  try {
    writeFileSync(join(temporary, "pom.xml"), project());
    const copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
    await run("mvn", ["-q", "-B", "--strict-checksums", copy, "-DoutputDirectory=lib", "-DincludeScope=runtime"], {
      cwd: temporary,
    });
    renameSync(join(temporary, "lib"), libraries);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function project(): string {
  const without = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>";
  const dependencies = artifacts.map(
    ([group, artifact, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>` +
      `${artifact === "flyway-commandline" ? without : ""}</dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>runsheet</groupId><artifactId>flyway</artifactId><version>1</version>
<dependencies>${dependencies.join("")}</dependencies></project>`;
}

/** Runs Flyway on a database's directory of migrations, as its owner. Throws CommandFailed with its output. */
export const flyway = ({ postgres, name, owner, directory }: SqlDatabase, ...args: readonly string[]) =>
  runFlyway(
    { url: `jdbc:postgresql://127.0.0.1:${postgres.port}/${name}`, user: owner.user, password: "unused" },
    directory,
    ...args,
  );

/** Runs Flyway on a directory of migrations, with a login. Throws CommandFailed with its output. */
export const runFlyway = (
  { url, user, password }: { readonly url: string; readonly user: string; readonly password: string },
  directory: string,
  ...args: readonly string[]
) =>
  run(
    "java",
    // A short run is over before the compiler pays.
    ["-XX:TieredStopAtLevel=1", "-cp", join(libraries, "*"), "org.flywaydb.commandline.Main", ...args],
    {
      env: {
        FLYWAY_URL: url,
        FLYWAY_USER: user,
        FLYWAY_PASSWORD: password,
        FLYWAY_LOCATIONS: `filesystem:${directory}`,
        // Its default waits for ever for its own transaction when an index is built concurrently (flyway#3497).
        FLYWAY_POSTGRESQL_TRANSACTIONAL_LOCK: "false",
        FLYWAY_LOCK_RETRY_COUNT: "1",
      },
    },
  );
