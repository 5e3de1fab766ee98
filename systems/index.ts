/** The systems that Runsheet knows. */
import type * as pulumi from "@pulumi/pulumi";
import type { System, SystemArgs } from "../components/system";
import type { CommonSettings, SystemConfiguration } from "../components/system/settings";
import { AiBackend } from "./ai-backend";
import { aiBackendConfiguration } from "./ai-backend/settings";
import { Mued } from "./mued";
import { muedConfiguration } from "./mued/settings";
import { Omniops } from "./omniops";
import { omniopsConfiguration } from "./omniops/settings";
import { Pm } from "./pm";
import { pmConfiguration } from "./pm/settings";
import { Prism } from "./prism";
import { prismConfiguration } from "./prism/settings";

/** A system as its folder declares it. */
export interface KnownSystem extends Omit<SystemConfiguration<CommonSettings>, "problems"> {
  readonly name: string;
  /** Problems of settings that are valid by the schema. */
  problems(settings: CommonSettings): readonly string[];
  /** Declares its resources. */
  deploy(args: SystemArgs<CommonSettings>, opts?: pulumi.ComponentResourceOptions): System;
}

function known<Settings extends CommonSettings>(
  name: string,
  configuration: SystemConfiguration<Settings>,
  deploy: new (args: SystemArgs<Settings>, opts?: pulumi.ComponentResourceOptions) => System<Settings>,
): KnownSystem {
  return {
    ...configuration,
    name,
    problems: (settings) => configuration.problems?.(settings as Settings) ?? [],
    deploy: (args, opts) => new deploy(args as SystemArgs<Settings>, opts),
  };
}

export const systems: readonly KnownSystem[] = [
  known("prism", prismConfiguration, Prism),
  known("omniops", omniopsConfiguration, Omniops),
  known("mued", muedConfiguration, Mued),
  known("pm", pmConfiguration, Pm),
  known("ai-backend", aiBackendConfiguration, AiBackend),
];

export const names = systems.map(({ name }) => name);
