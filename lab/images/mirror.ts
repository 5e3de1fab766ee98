/** The mirror of Debian packages and its keys, as this machine's apt is configured. */
import { existsSync } from "node:fs";
import { run } from "../command";
import { installed } from "../packages";

/** The keys that sign Debian 13 (trixie); in Debian 12's debian-archive-keyring since 2023.3+deb12u2. */
const trixieKey = "/usr/share/keyrings/debian-archive-trixie-stable.gpg";

/** All of the Debian archive's keys, in one file. */
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * The address of the Debian archive in apt's configuration.
 * @throws Error if apt knows none
 */
export async function debianMirror(): Promise<string> {
  const configured = async () => {
    const targets = ["Label: Debian", "Component: main", "Created-By: Packages"];
    const addresses = await run("apt-get", ["indextargets", "--format", "$(REPO_URI)", ...targets]);
    return addresses.split("\n").find((address) => address !== "");
  };
  const known = await configured();
  if (known !== undefined) return known;
  await run("apt-get", ["update"]); // without downloaded lists, apt does not say which mirror is Debian's
  const found = await configured();
  if (found !== undefined) return found;
  throw new Error(
    "apt is configured with no mirror of Debian (Label: Debian, component main). The lab's images are built from " +
      "Debian packages: add one to /etc/apt/sources.list and run apt-get update.",
  );
}

/**
 * The keyring that the packages of trixie are checked with.
 * @throws Error if it does not hold trixie's keys
 */
export async function trixieKeyring(): Promise<string> {
  await installed(["debian-archive-keyring"]);
  if (!existsSync(trixieKey)) await run("apt-get", ["install", "--yes", "debian-archive-keyring"]);
  if (existsSync(trixieKey)) return keyring;
  throw new Error(
    `${trixieKey} is missing: this machine's debian-archive-keyring is older than Debian 13, from whose packages ` +
      "the lab's images are built. Upgrade it: apt-get update && apt-get install debian-archive-keyring",
  );
}

/** Proxies of apt, as settings for another apt. Environment variables reach that one by themselves. */
export async function aptProxies(): Promise<string[]> {
  const settings = await run("apt-config", ["dump", "Acquire"]);
  return settings.split("\n").filter((line) => /^Acquire::https?::Proxy\b.*"[^"]+";$/.test(line));
}
