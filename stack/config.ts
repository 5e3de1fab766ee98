/**
 * The stack's configuration, typed and validated. Everything that differs between stacks enters here, once.
 * Every problem is reported before anything is changed.
 */
import * as pulumi from "@pulumi/pulumi";
import { homedir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { unfitForLabel } from "../components/kubernetes/owner";
import type { RegistryLogins } from "../components/kubernetes/registries";
import { otherVersions, platformNamespace } from "../components/platform/versions";
import type { Backups } from "../components/system";
import {
  backupsKeys,
  backupsOf,
  backupsProblems,
  hasBackupsKeys,
  missingBackupsKeys,
} from "../components/system/backups";
import type { Secrets } from "../components/system/secrets";
import type { Prometheus } from "../components/watch";
import { systems } from "../systems";
import type { ConfiguredSystem } from "./configured-system";
import { namespaceOf, namespaceProblems } from "./namespaces";
import { Problems } from "./problems";
import { prometheusKeys, prometheusOf } from "./prometheus";
import {
  missingReceiverKeys,
  monitoringKeys,
  monitoringNamespacesOf,
  monitoringProblems,
  receiverSecretsIn,
} from "./monitoring";
import { missingPasswords, registryLogins, registryProblems, registrySecrets } from "./registries";
import { runsheetSettings } from "./runsheet-settings";
import { readSection } from "./section";
import { readSystem } from "./system-section";
import { summaryOf } from "./unset";
import { WrittenValues } from "./written";

export interface Configuration extends Omit<
  z.infer<typeof runsheetSettings>,
  "systems" | "backups" | "prometheus" | "registries"
> {
  /** Logins at registries, for every pod. Default: none. */
  readonly registries?: RegistryLogins;
  readonly backups?: Backups;
  readonly prometheus?: Prometheus;
  /** Value of the header Authorization of the logs' store. Default: none is sent. */
  readonly logsAuthorization?: pulumi.Output<string>;
  /** Secrets of the receivers of alerts, by their key. */
  readonly receiverSecrets: Secrets;
  readonly systems: readonly ConfiguredSystem[];
  /** Directory of fetched manifests, kept between runs. */
  readonly manifestCache: string;
}

/**
 * Reads the stack's configuration, without the keys of systems that the stack does not have.
 * @throws RunError that lists every problem: unknown keys, missing ones, wrong values, secrets in plain text; with values
 * that are only marked, those and the missing secrets
 */
export function readConfiguration(): Configuration {
  const problems = new Problems();
  const reading = { problems, written: new WrittenValues(pulumi.runtime.allConfig()) };
  const named = Object.keys({ ...backupsKeys, ...prometheusKeys, ...monitoringKeys });
  const secretKeys = [...named, ...registrySecrets()];
  const { settings: runsheet, secrets } = readSection("runsheet", runsheetSettings, secretKeys, reading);
  problems.secrets(
    missingReceiverKeys(runsheet?.monitoring, secrets).map((key) => [
      `runsheet:${key}`,
      summaryOf(monitoringKeys[key]),
    ]),
  );
  problems.push(...monitoringProblems(runsheet?.monitoring, secrets));
  if (runsheet) {
    problems.push(...registryProblems(runsheet.registries));
    problems.secrets(missingPasswords(runsheet.registries, secrets));
  }
  if (runsheet?.backups) problems.push(...backupsProblems(runsheet.backups).map((problem) => `runsheet:${problem}`));
  if (runsheet?.platform.install) problems.push(...otherVersions(runsheet.images));
  // Without its own section nobody knows which systems the stack has.
  const wanted = runsheet?.systems ?? [];
  const stack = {
    protect: runsheet?.protect ?? true,
    backups: runsheet?.backups !== undefined,
    prometheus: runsheet?.prometheus !== undefined,
  };
  problems.push(...unfitNames());
  const configured = systems
    .filter(({ name }) => wanted.includes(name))
    .flatMap((system) => readSystem(system, stack, reading) ?? []);
  const haveKeys = configured.length > 0 && configured.every(({ secrets }) => hasBackupsKeys(secrets));
  const needsKeys = runsheet?.backups !== undefined && !haveKeys;
  problems.secrets(
    missingBackupsKeys(needsKeys, secrets).map((key) => [`runsheet:${key}`, summaryOf(backupsKeys[key])]),
  );
  // A system that cannot be read has no namespace.
  if (runsheet && configured.length === wanted.length)
    problems.push(...namespaceProblems(configured, runsheet.namespacePrefix), ...wrongTakeOver(runsheet, configured));
  const error = problems.error();
  if (error) throw error;
  const { backups, prometheus, registries, ...settings } = runsheet!;
  return {
    ...settings,
    backups: backups && backupsOf(backups, secrets, pulumi.getStack()),
    prometheus: prometheusOf(prometheus, secrets),
    registries: registryLogins(registries, secrets),
    logsAuthorization: secrets.logsAuthorization,
    receiverSecrets: receiverSecretsIn(secrets),
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

/** Errors for namespaces in takeOver that the stack does not make. */
function wrongTakeOver(
  { monitoring, namespacePrefix, platform, takeOver }: z.infer<typeof runsheetSettings>,
  systems: readonly ConfiguredSystem[],
): string[] {
  const possible = [
    ...systems
      .filter(({ settings }) => settings.namespace.create)
      .map((configured) => namespaceOf(configured, namespacePrefix)),
    ...(platform.install ? [platformNamespace] : []),
    ...monitoringNamespacesOf(monitoring),
  ];
  return takeOver
    .filter((name) => !possible.includes(name))
    .map(
      (name) => `runsheet:takeOver: ${name} is not a namespace of this stack; it must be one of ${possible.join(", ")}`,
    );
}
