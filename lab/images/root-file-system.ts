/** Root file systems of Debian, made of packages by mmdebstrap. */
import { join } from "node:path";
import { run } from "../command";
import { installed } from "../packages";
import { aptProxies, debianMirror, trixieKeyring } from "./mirror";

/** Content of a root file system beside Debian's essential packages. */
export interface RootContents {
  readonly packages: readonly string[];
  /** Files of the packages that are left out, as dpkg's patterns of paths. Default: none. */
  readonly leftOut?: readonly string[];
  /** Files among those that are unpacked all the same. Default: none. */
  readonly kept?: readonly string[];
  /** Shell command run on the host at the end, with the new root file system as "$1". Default: none. */
  readonly afterPackages?: readonly string[];
  /** Release of Debian, for one that is not out yet. Default: trixie. */
  readonly unreleased?: string;
}

const documentation = [
  "/usr/share/man/*",
  "/usr/share/info/*",
  "/usr/share/locale/*",
  "/usr/share/i18n/*",
  "/usr/share/doc/*",
  "/usr/share/perl/*/pod/*",
];

/** Shell command run on the host, with the new root file system as "$1", once the essential packages are there. */
const beforePackages = [
  // CloudNativePG runs its images as user and group 26. Debian has given group 26 to tape drives.
  'sed --in-place "s/^tape:.*/postgres:x:26:/" "$1/etc/group"',
  'echo "postgres:x:26:26:PostgreSQL:/var/lib/postgresql:/bin/bash" >> "$1/etc/passwd"',
  // Otherwise installing the server makes a database in the image.
  'mkdir --parents "$1/etc/postgresql-common"',
  'echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"',
];

/** Shell command run in the same way at the end. Removes a private key, apt's settings and other traces of installing. */
const cleaning = [
  'rm --force "$1"/etc/ssl/private/ssl-cert-snakeoil.key "$1"/etc/ssl/certs/ssl-cert-snakeoil.pem',
  'rm --recursive --force "$1"/etc/apt/sources.list "$1"/etc/apt/apt.conf.d/99* "$1"/var/lib/apt "$1"/var/cache/apt',
  'rm --recursive --force "$1"/var/cache/debconf "$1"/var/cache/ldconfig "$1"/var/log/* "$1"/var/lib/dpkg/*-old',
];

/** Arguments of mmdebstrap: the parts of the root file system. */
export const recipe = ({ packages, leftOut = [], kept = [], afterPackages = [] }: RootContents) => [
  "--variant=essential",
  "--mode=root",
  "--format=tar",
  "--components=main",
  "--skip=cleanup/apt", // done below: it leaves directories whose owner depends on where the image was built
  '--aptopt=APT::Install-Recommends "false"',
  "--dpkgopt=force-confold", // keep createcluster.conf as it is
  "--dpkgopt=force-unsafe-io",
  ...[...documentation, ...leftOut].map((path) => `--dpkgopt=path-exclude=${path}`),
  ...["/usr/share/doc/*/copyright", ...kept].map((path) => `--dpkgopt=path-include=${path}`),
  `--include=${packages.join(",")}`,
  ...beforePackages.map((command) => `--essential-hook=${command}`),
  ...[...cleaning, ...afterPackages].map((command) => `--customize-hook=${command}`),
];

/**
 * Prefix of a command that gives it mounts and processes of its own. All of them end with this process, however it ends:
 * otherwise a killed build leaves /proc, /sys and more mounted in the cache.
 */
const endsWithUs = ["--pdeathsig=KILL", "unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"];

/** Makes a root file system in `directory`, and returns it as a tar file. Takes about a minute and a half. */
export async function rootFileSystem(contents: RootContents, directory: string, log: string): Promise<string> {
  await installed(["mmdebstrap"]);
  const layer = join(directory, "layer.tar");
  const args = [
    ...recipe(contents),
    `--keyring=${await trixieKeyring()}`,
    // Its index is signed for a week, and a mirror may hold an earlier one: the signature is checked all the same.
    ...(contents.unreleased ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : []),
    ...(await aptProxies()).map((setting) => `--aptopt=${setting}`),
    contents.unreleased ?? "trixie",
    layer,
    await debianMirror(),
  ];
  // Times of files are capped at this one, so that the same packages make the same layer.
  await run("setpriv", [...endsWithUs, "mmdebstrap", ...args], {
    log,
    env: { SOURCE_DATE_EPOCH: "1735689600", TMPDIR: directory },
  });
  return layer;
}
