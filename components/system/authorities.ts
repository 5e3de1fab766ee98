/** Certificate authorities of a system's servers, as PEM. */
import type { Backups } from "./backups";
import type { CommonSettings } from "./settings";

/** Authority of a database server that the stack does not make. Undefined if it has none of its own. */
export const databaseAuthority = ({ postgres }: CommonSettings): string | undefined =>
  postgres.engine === "cloudnativepg" ? undefined : postgres.ca;

/**
 * Authorities of the object store: its own, and the database's, for a restore connects to both, and Node.js takes one file.
 * Undefined if the store has none of its own.
 */
export const storeAuthorities = ({ store }: Backups, settings: CommonSettings): string | undefined =>
  store.ca && [store.ca, databaseAuthority(settings)].filter(Boolean).join("\n");
