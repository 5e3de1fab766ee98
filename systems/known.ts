/** A system as systems/index.ts lists it. */
import type * as pulumi from "@pulumi/pulumi";
import type { System, SystemArgs } from "../components/system";
import type { Schema } from "../components/system/schema";
import type { CommonSettings, SystemConfiguration } from "../components/system/settings";

/** A system as its folder declares it. */
export interface KnownSystem extends Omit<SystemConfiguration<CommonSettings>, "problems"> {
  readonly name: string;
  /** Problems of settings that are valid by the schema. */
  problems(settings: CommonSettings, schema: Schema | undefined): readonly string[];
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
    problems: (settings, schema) => configuration.problems?.(settings as Settings, schema) ?? [],
    deploy: (args, opts) => new deploy(args as SystemArgs<Settings>, opts),
  };
}
