/** A system's checks with what the stack's configuration changes of them and adds. */
import type { Check, Cleanup } from "../checks";
import { AppSecrets } from "../kubernetes/app-secrets";
import type { Environment } from "../kubernetes/environment";
import { isAdded, isCommand, secretsIn, type AddedCheck, type CheckChange, type CheckSettings } from "./check-settings";
import type { Secrets } from "./secrets";
import type { CommonSettings } from "./settings";
import type * as pulumi from "@pulumi/pulumi";

/** Variable of the URL of the system's first workload. */
export const baseUrl = "BASE_URL";

/** Returns the checks with the changes of the configuration. */
export const changedChecks = (checks: readonly Check[], settings: CheckSettings): Check[] =>
  checks.map((check) => {
    const entry = settings[check.name];
    return entry === undefined || isAdded(entry) ? check : changed(check, entry);
  });

/** Returns the clean-up with the changes of the configuration, without that of checks that are skipped. */
export function changedCleanup(cleanup: readonly Cleanup[], settings: CheckSettings): Check[] {
  const skipped = skippedChecks(settings);
  const left = cleanup.filter(({ of }) => !of.every((name) => name in skipped));
  return changedChecks(
    left.map(({ of: _, ...check }): Check => check),
    settings,
  );
}

function changed(check: Check, { headers, ...change }: CheckChange): Check {
  if (!("url" in check) || headers === undefined) return { ...check, ...change };
  return { ...check, ...change, headers: { ...check.headers, ...withSecrets(headers) } };
}

/** Returns the checks that the configuration adds, beside commands in images. */
export const addedChecks = (settings: CheckSettings): Check[] =>
  Object.entries(settings).flatMap(([name, entry]) =>
    isAdded(entry) && !isCommand(entry) ? [{ name, ...asked(entry) } as Check] : [],
  );

function asked(entry: AddedCheck): object {
  if (!("url" in entry)) return entry;
  const { url, headers = {}, ...rest } = entry;
  return { ...rest, url: url.startsWith("/") ? `\${${baseUrl}}${url}` : url, headers: withSecrets(headers) };
}

/** Returns the reasons of the checks that are left out, by their names. */
export const skippedChecks = (settings: CheckSettings): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, entry]) =>
      isAdded(entry) || entry.skip === undefined ? [] : [[name, entry.skip]],
    ),
  );

const variableOf = (key: string) => `SECRET_${key}`;

/** The headers with the variables of the secrets that they name. */
const withSecrets = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      secretsIn(value).reduce((text, key) => text.replaceAll(`\${${key}}`, `\${${variableOf(key)}}`), value),
    ]),
  );

/**
 * Makes the variables of the secrets that headers name. Empty if none does.
 * @param secrets the stack's secrets. stack/system-section.ts makes sure that those are set
 */
export function headerSecrets(
  system: string,
  { checks }: CommonSettings,
  secrets: Secrets,
  namespace: pulumi.Input<string>,
  opts: pulumi.ComponentResourceOptions,
): Environment {
  const headers = Object.values(checks).flatMap((entry) => ("headers" in entry ? [entry.headers ?? {}] : []));
  const keys = [...new Set(headers.flatMap((each) => Object.values(each).flatMap(secretsIn)))];
  if (keys.length === 0) return {};
  const values = Object.fromEntries(keys.map((key) => [variableOf(key), secrets[key]!]));
  const secret = new AppSecrets(`${system}-check-secrets`, { namespace, values }, opts);
  return Object.fromEntries(Object.keys(values).map((variable) => [variable, secret.key(variable)]));
}

/**
 * Problems of the key `checks`.
 * @param known the checks that the system has and the stack may change
 * @param fixed why the stack cannot change the others, by their names
 */
export function checkProblems(
  settings: CommonSettings,
  known: readonly Check[],
  fixed: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(settings.checks).flatMap(([name, entry]) => {
    const check = known.find((each) => each.name === name);
    if (isAdded(entry)) return addedProblems(name, entry, settings, check !== undefined || name in fixed);
    const reason = name.endsWith(" is rolled out") ? "what comes after it needs the new pods" : fixed[name];
    if (!check && reason !== undefined) return [`checks.${name} cannot be changed, because ${reason}; remove it`];
    if (!check)
      return [
        `checks.${name} is none of the system's checks, which are ${known.map((each) => each.name).join(", ")}; ` +
          "use one of these names, or add url, sql, redis, tcp or image for a check of its own",
      ];
    const ofRequests = (["headers", "status", "answer"] as const).filter((key) => key in entry);
    if (!("url" in check) && ofRequests.length > 0)
      return [`checks.${name}.${ofRequests[0]} is for requests, and "${name}" is none; remove it`];
    const times = (["timeoutSeconds", "withinSeconds"] as const).filter((key) => key in entry);
    return "staysUp" in check && times.length > 0
      ? [`checks.${name}.${times[0]} has no meaning for pods that are watched; remove it, or skip the check`]
      : [];
  });
}

function addedProblems(
  name: string,
  entry: CheckSettings[string],
  { redis }: CommonSettings,
  isThere: boolean,
): string[] {
  if (isThere) return [`checks.${name} adds a check, and the system has one of that name; choose another name`];
  if ("redis" in entry && !redis) return [`checks.${name}.redis asks a Redis, and the system has none; remove it`];
  if (isCommand(entry) && !/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(name))
    return [
      `checks.${name} is a command in an image; its name must be at most 30 lower-case letters, digits and dashes, ` +
        "such as integration-tests",
    ];
  return [];
}
