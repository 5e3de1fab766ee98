/** A system as systems/index.ts lists it. */
import type * as pulumi from "@pulumi/pulumi";
import type { Check } from "../components/checks";
import type { System, SystemArgs } from "../components/system";
import { deploys, type Schema } from "../components/system/schema";
import type { Condition } from "../components/watch";
import type { CommonSettings, SystemConfiguration } from "../components/system/settings";

/** A system as its folder declares it. */
export interface KnownSystem extends Omit<
  SystemConfiguration<CommonSettings>,
  "problems" | "alsoRequired" | "checks" | "fixedChecks" | "conditions"
> {
  readonly name: string;
  /** Problems of settings that are valid by the schema. */
  problems(settings: CommonSettings, schema: Schema | undefined): readonly string[];
  /** Optional secret keys that the settings require. */
  alsoRequired(settings: CommonSettings): readonly string[];
  /** Checks that the stack may change by their names. */
  checks(settings: CommonSettings, schema: Schema | undefined): readonly Check[];
  /** Conditions of the watch, which the stack may change by their names. */
  conditions(settings: CommonSettings): readonly Condition[];
  /** Reasons why the stack cannot change the system's other checks, by their names. */
  fixedChecks(settings: CommonSettings): Readonly<Record<string, string>>;
  /** Declares its resources. */
  deploy(args: SystemArgs<CommonSettings>, opts?: pulumi.ComponentResourceOptions): System;
}

/** Pairs the configuration of the system `name` with its class. */
export function known<Settings extends CommonSettings>(
  name: string,
  configuration: SystemConfiguration<Settings>,
  deploy: new (args: SystemArgs<Settings>, opts?: pulumi.ComponentResourceOptions) => System<Settings>,
): KnownSystem {
  return {
    ...configuration,
    name,
    alsoRequired: (settings) => configuration.alsoRequired?.(settings as Settings) ?? [],
    problems: (settings, schema) => configuration.problems?.(settings as Settings, schema) ?? [],
    checks: (settings, schema) =>
      configuration.checks?.({
        settings: settings as Settings,
        schemaIsShipped: schema?.shipped ?? false,
        has: (part) => schema?.parts.includes(part) ?? false,
        deploys: (change) => deploys(schema, change),
      }) ?? [],
    conditions: (settings) => configuration.conditions?.(settings as Settings) ?? [],
    fixedChecks: (settings) => configuration.fixedChecks?.(settings as Settings) ?? {},
    deploy: (args, opts) => new deploy(args as SystemArgs<Settings>, opts),
  };
}
