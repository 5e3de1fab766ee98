import type { Secrets } from "../components/system/secrets";
import type { CommonSettings } from "../components/system/settings";
import type { KnownSystem } from "../systems";

/** A system of the stack, with its part of the configuration. */
export interface ConfiguredSystem {
  readonly system: KnownSystem;
  readonly settings: CommonSettings;
  readonly secrets: Secrets;
}
