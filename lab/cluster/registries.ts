/** Registries of private images for the lab's containerd, which looks for them at each pull. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { registries } from "./components";

/**
 * Makes containerd trust a registry. Returns what takes that back.
 * @param host address with the port
 * @param ca authority of the registry's certificate, as PEM
 */
export function trustRegistry(host: string, ca: string): () => void {
  const directory = join(registries, host);
  const authority = join(directory, "ca.crt");
  mkdirSync(directory, { recursive: true });
  writeFileSync(authority, ca);
  writeFileSync(join(directory, "hosts.toml"), `server = "https://${host}"\nca = "${authority}"\n`);
  return () => rmSync(directory, { recursive: true, force: true });
}
