import type { Secrets } from "../components/system/secrets";
import type { CommonSettings } from "../components/system/settings";
import type { KnownSystem } from "../systems";

/** A system of the stack, with its part of the configuration. */
export interface ConfiguredSystem {
  readonly system: KnownSystem;
  readonly settings: CommonSettings;
  readonly secrets: Secrets;
  /** Host and name of its database, if that exists without the stack: host/database. Default: the stack makes it. */
  readonly existingDatabase?: string;
}
