/** Installation of pgvector for this machine's PostgreSQL server. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../lab/command";
import { debianMirror } from "../../lab/images/mirror";
import { installed, unpacked } from "../../lab/packages";
import { newestServer } from "./postgres";

/** First PostgreSQL version for which Debian has a package of pgvector. */
const packagedFrom = 17;
const version = "0.8.0";
const source = `pool/main/p/pgvector/pgvector_${version}.orig.tar.gz`;
const sha256 = "867a2c328d4928a5a9d6f052cd3bc78c7d60228a9b914ad32aa3db88e9de27b0";

/**
 * Installs pgvector if it is missing. Debian 12 has no package: the sources of Debian 13 are compiled for the server of
 * Debian 12, which takes a few seconds, and installed as a package.
 */
export async function pgvectorInstalled(): Promise<void> {
  const server = newestServer();
  if (existsSync(`/usr/share/postgresql/${server}/extension/vector.control`)) return;
  if (server >= packagedFrom) return installed([`postgresql-${server}-pgvector`]);
  await installed(["gcc", "libc6-dev"]);
  const directory = mkdtempSync(join(tmpdir(), "runsheet-pgvector-"));
  try {
    await run("dpkg", ["--install", await buildPackage(server, directory)]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function buildPackage(server: number, directory: string): Promise<string> {
  const archive = join(directory, "source.tar.gz");
  const address = `${await debianMirror()}${source}`;
  await run("/usr/lib/apt/apt-helper", ["download-file", address, archive, `SHA256:${sha256}`]);
  await run("tar", ["--extract", "--file", archive, "--directory", directory]);
  const sources = join(directory, `pgvector-${version}`);
  const tree = join(directory, "package");

  const library = join(tree, "usr/lib/postgresql", String(server), "lib");
  mkdirSync(library, { recursive: true });
  const headers = join(
    await unpacked([`postgresql-server-dev-${server}`]),
    "usr/include/postgresql",
    `${server}/server`,
  );
  const files = readdirSync(join(sources, "src")).filter((file) => file.endsWith(".c"));
  const compile = ["-O1", "-shared", "-fPIC", `-I${headers}`, "-o", join(library, "vector.so")];
  await run("gcc", [...compile, ...files.map((file) => join(sources, "src", file)), "-lm"]);

  const extension = join(tree, "usr/share/postgresql", String(server), "extension");
  mkdirSync(extension, { recursive: true });
  cpSync(join(sources, "vector.control"), join(extension, "vector.control"));
  cpSync(join(sources, "sql", "vector.sql"), join(extension, `vector--${version}.sql`));

  const name = `postgresql-${server}-pgvector`;
  mkdirSync(join(tree, "DEBIAN"));
  writeFileSync(join(tree, "DEBIAN", "control"), await control(name, server));
  const file = join(directory, `${name}.deb`);
  await run("dpkg-deb", ["--build", "--root-owner-group", tree, file]);
  return file;
}

async function control(name: string, server: number): Promise<string> {
  const fields = {
    Package: name,
    Version: `${version}-0runsheet1`,
    Architecture: (await run("dpkg", ["--print-architecture"])).trim(),
    Depends: `postgresql-${server}`,
    Maintainer: "Runsheet's tests <root@localhost>",
    Description: "pgvector, compiled for the tests of Runsheet's migrations",
  };
  return Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join("");
}
