/**
 * The image that everything in the lab runs from which is not a single Go binary: PostgreSQL, Redis, Node.js and Sqitch.
 *
 * It is one root file system under four names. The public images of these programs cannot be had where only package
 * registries can be reached, four root file systems would cost four times the time, and the names keep configuration
 * honest: a system asks for the image of what it needs, and on another cluster that name is replaced by the public one.
 */
import { join } from "node:path";
import { run } from "../command";
import { nodejs } from "../node";
import { installed } from "../packages";
import type { Image } from "./archive";
import { aptProxies, debianMirror, trixieKeyring } from "./mirror";

const references = [
  "runsheet.lab/postgresql:17",
  "runsheet.lab/redis:8",
  "runsheet.lab/node:22",
  "runsheet.lab/sqitch:1.5",
];

const packages = [
  "postgresql-17", // with what other systems package as contrib
  "postgresql-17-pgvector",
  "redis-server",
  "sqitch",
  "libdbd-pg-perl", // Sqitch's way to PostgreSQL
  "openssl",
  "ca-certificates",
  "tzdata",
];

/** Not unpacked. PostgreSQL without its compiler for queries (160 MB with LLVM) works as with `jit = off`. */
const leftOut = [
  "/usr/share/man/*",
  "/usr/share/info/*",
  "/usr/share/locale/*",
  "/usr/share/i18n/*",
  "/usr/share/doc/*",
  "/usr/share/perl/*/pod/*",
  "/usr/lib/*/libLLVM*",
  "/usr/lib/*/libz3.so*",
  "/usr/lib/postgresql/*/lib/llvmjit*",
  "/usr/lib/postgresql/*/lib/bitcode/*",
];

/** Run on the host, with the new root file system as "$1", when only the essential packages are there. */
const beforePackages = [
  // CloudNativePG runs its images as user and group 26. Debian has given group 26 to tape drives.
  'sed --in-place "s/^tape:.*/postgres:x:26:/" "$1/etc/group"',
  'echo "postgres:x:26:26:PostgreSQL:/var/lib/postgresql:/bin/bash" >> "$1/etc/passwd"',
  // Otherwise installing the server makes a database in the image.
  'mkdir --parents "$1/etc/postgresql-common"',
  'echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"',
];

/** Run in the same way at the end: removes what installing left behind, a private key and apt's settings among it. */
const afterPackages = [
  'rm --force "$1"/etc/ssl/private/ssl-cert-snakeoil.key "$1"/etc/ssl/certs/ssl-cert-snakeoil.pem',
  'rm --recursive --force "$1"/etc/apt/sources.list "$1"/etc/apt/apt.conf.d/99* "$1"/var/lib/apt "$1"/var/cache/apt',
  'rm --recursive --force "$1"/var/cache/debconf "$1"/var/cache/ldconfig "$1"/var/log/* "$1"/var/lib/dpkg/*-old',
];

const config: Image["config"] = {
  // Debian keeps PostgreSQL's programs apart; initdb, pg_ctl and the others are called by name.
  Env: ["PATH=/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
};

/** mmdebstrap's arguments that make the image what it is; `node` is the path of Node.js's binary. */
const recipe = (node: string) => [
  "--variant=essential",
  "--mode=root",
  "--format=tar",
  "--components=main",
  "--skip=cleanup/apt", // done below: it leaves directories whose owner depends on where the image was built
  '--aptopt=APT::Install-Recommends "false"',
  "--dpkgopt=force-confold", // keep createcluster.conf as it is
  "--dpkgopt=force-unsafe-io",
  ...leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
  "--dpkgopt=path-include=/usr/share/doc/*/copyright",
  `--include=${packages.join(",")}`,
  ...beforePackages.map((command) => `--essential-hook=${command}`),
  ...afterPackages.map((command) => `--customize-hook=${command}`),
  `--customize-hook=upload '${node}' /usr/local/bin/node`,
  '--customize-hook=chmod 755 "$1/usr/local/bin/node"',
];

/** What the image is made of: a change of it makes a new image. */
export async function debianParts(): Promise<string[]> {
  const { version } = await nodejs();
  return [...recipe(`Node.js ${version}`), ...references, JSON.stringify(config)];
}

/**
 * Before a command: it gets mounts and processes of its own, and all of them end when this process does, however it ends.
 * Otherwise a build that was killed leaves /proc, /sys and more mounted in the cache.
 */
const endsWithUs = ["--pdeathsig=KILL", "unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"];

/** Builds the image's layer in `directory`. Takes about a minute and a half. */
export async function debianImage(directory: string, log: string): Promise<Image> {
  await installed(["mmdebstrap"]);
  const layer = join(directory, "layer.tar");
  const args = [
    ...recipe((await nodejs()).binary),
    `--keyring=${await trixieKeyring()}`,
    ...(await aptProxies()).map((setting) => `--aptopt=${setting}`),
    "trixie",
    layer,
    await debianMirror(),
  ];
  // Times of files are capped at this one, so that the same packages make the same layer.
  await run("setpriv", [...endsWithUs, "mmdebstrap", ...args], {
    log,
    env: { SOURCE_DATE_EPOCH: "1735689600", TMPDIR: directory },
  });
  return { references, layer, config };
}
