/**
 * The stack's configuration, typed and validated. Everything that differs between stacks enters here, once.
 * Every problem is reported before anything is changed.
 */
import * as pulumi from "@pulumi/pulumi";
import { homedir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { unfitForLabel } from "../components/kubernetes/owner";
import { otherVersions, platformNamespace } from "../components/platform/versions";
import type { Backups } from "../components/system";
import { backupsKeys, backupsOf, missingBackupsKeys } from "../components/system/backups";
import { systems } from "../systems";
import type { ConfiguredSystem } from "./configured-system";
import { namespaceOf } from "./namespaces";
import { refusal } from "./refusal";
import { runsheetSettings } from "./runsheet-settings";
import { readSection } from "./section";
import { readSystem } from "./system-section";

export interface Configuration extends Omit<z.infer<typeof runsheetSettings>, "systems" | "backups"> {
  readonly backups?: Backups;
  readonly systems: readonly ConfiguredSystem[];
  /** Directory of fetched manifests, kept between runs. */
  readonly manifestCache: string;
}

/**
 * Reads the stack's configuration, without the keys of systems that the stack does not have.
 * @throws RunError that lists every problem: unknown keys, missing ones, wrong values, secrets in plain text
 */
export function readConfiguration(): Configuration {
  const problems: string[] = [];
  const { settings: runsheet, secrets } = readSection("runsheet", runsheetSettings, Object.keys(backupsKeys), problems);
  problems.push(...missingBackupsKeys(runsheet?.backups, secrets));
  if (runsheet?.platform.install) problems.push(...otherVersions(runsheet.images));
  // Without its own section nobody knows which systems the stack has.
  const wanted = runsheet?.systems ?? [];
  const stack = { protect: runsheet?.protect ?? true, backups: runsheet?.backups !== undefined };
  problems.push(...unfitNames(), ...wrongTakeOver(runsheet));
  const configured = systems
    .filter(({ name }) => wanted.includes(name))
    .flatMap((system) => readSystem(system, stack, problems) ?? []);
  if (!runsheet || problems.length > 0) {
    const title = `the configuration of stack ${pulumi.getStack()} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}`;
    throw refusal(title, problems);
  }
  const { backups, ...settings } = runsheet;
  return {
    ...settings,
    backups: backups && backupsOf(backups, secrets, pulumi.getStack()),
    systems: configured,
    manifestCache: join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "runsheet", "manifests"),
  };
}

/** Errors for names that cannot be the labels of what the stack owns in a cluster. */
function unfitNames(): string[] {
  const names = { stack: pulumi.getStack(), project: pulumi.getProject() };
  return Object.entries(names).flatMap(([what, name]) => {
    const problem = unfitForLabel(name);
    return problem === undefined ? [] : [`the ${what}'s name ${name} ${problem}`];
  });
}

/** Errors for namespaces in takeOver that are not the stack's. */
function wrongTakeOver(runsheet: z.infer<typeof runsheetSettings> | undefined): string[] {
  if (!runsheet) return [];
  const { systems, namespacePrefix, platform, takeOver } = runsheet;
  const possible = [
    ...systems.map((name) => namespaceOf(name, namespacePrefix)),
    ...(platform.install ? [platformNamespace] : []),
  ];
  return takeOver
    .filter((name) => !possible.includes(name))
    .map(
      (name) => `runsheet:takeOver: ${name} is not a namespace of this stack; it must be one of ${possible.join(", ")}`,
    );
}
