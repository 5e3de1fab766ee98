/**
 * The image that everything in the lab runs from which is not a single Go binary: PostgreSQL, Redis, Node.js and Sqitch.
 *
 * It is one root file system under four names. The public images of these programs cannot be had where only package
 * registries can be reached, four root file systems would cost four times the time, and the names keep configuration
 * honest: a system asks for the image of what it needs, and on another cluster that name is replaced by the public one.
 */
import { nodejs } from "../node";
import type { Image } from "./archive";
import { recipe, rootFileSystem, type RootContents } from "./root-file-system";

const references = [
  "runsheet.lab/postgresql:17",
  "runsheet.lab/redis:8",
  "runsheet.lab/node:22",
  "runsheet.lab/sqitch:1.5",
];

// PostgreSQL without its compiler for queries (160 MB with LLVM) works as with `jit = off`.
const compiler = [
  "/usr/lib/*/libLLVM*",
  "/usr/lib/*/libz3.so*",
  "/usr/lib/postgresql/*/lib/llvmjit*",
  "/usr/lib/postgresql/*/lib/bitcode/*",
];

/** `node` is the path of Node.js's binary. */
const contents = (node: string): RootContents => ({
  packages: [
    "postgresql-17", // with what other systems package as contrib
    "postgresql-17-pgvector",
    "redis-server",
    "sqitch",
    "libdbd-pg-perl", // Sqitch's way to PostgreSQL
    "openssl",
    "ca-certificates",
    "tzdata",
  ],
  leftOut: compiler,
  afterPackages: [`upload '${node}' /usr/local/bin/node`, 'chmod 755 "$1/usr/local/bin/node"'],
});

/** Debian keeps PostgreSQL's programs apart; initdb, pg_ctl and the others are called by name. */
const config = (major: number): Image["config"] => ({
  Env: [
    `PATH=/usr/lib/postgresql/${major}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    "LANG=C.UTF-8",
  ],
});

/** Parts of the image: a change of one makes a new image. */
export async function debianParts(): Promise<string[]> {
  const { version } = await nodejs();
  return [...recipe(contents(`Node.js ${version}`)), ...references, JSON.stringify(config(17))];
}

/** Builds the image's layer in `directory`. */
export async function debianImage(directory: string, log: string): Promise<Image> {
  const layer = await rootFileSystem(contents((await nodejs()).binary), directory, log);
  return { references, layer, config: config(17) };
}

/** PostgreSQL 18, for the test of an upgrade to it. It is no part of the lab. */
const next = {
  references: ["runsheet.lab/postgresql:18"],
  contents: {
    unreleased: "forky", // the first of Debian's that has it
    packages: ["postgresql-18", "postgresql-18-pgvector", "openssl", "ca-certificates", "tzdata"],
    leftOut: compiler,
  },
};

/** Parts of the image of PostgreSQL 18. */
export const nextMajorParts = (): string[] => [
  next.contents.unreleased,
  ...recipe(next.contents),
  ...next.references,
  JSON.stringify(config(18)),
];

/** Builds the layer of PostgreSQL 18's image in `directory`. */
export async function nextMajorImage(directory: string, log: string): Promise<Image> {
  const { references, contents } = next;
  return { references, layer: await rootFileSystem(contents, directory, log), config: config(18) };
}
