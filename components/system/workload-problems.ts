/** Problems of the key `workloads` with other keys. */
import { isPlainSecret } from "./plain-secrets";
import { limitProblems } from "./resources";
import type { CommonSettings, SecretVariables } from "./settings";
import { workloadNameProblems } from "./workload-name-problems";
import type { WorkloadSettings } from "./workload-settings";

/**
 * Returns the problems: each names its key and what to do.
 * @param variables the system's secret variables by configuration key
 */
export function workloadProblems(system: string, settings: CommonSettings, variables: SecretVariables): string[] {
  const keys = Object.entries({ ...variables.required, ...variables.optional });
  const keyOf = new Map(keys.map(([key, variable]) => [variable, key]));
  const standIn = "standIn" in settings.application;
  const ofEach = Object.entries(settings.workloads).flatMap(([name, workload]) => {
    const key = `workloads.${name}`;
    return [
      ...variableProblems(key, system, workload, keyOf),
      ...(standIn && workload.command
        ? [`${key}.command is set and the application is the stand-in, which has its own; remove it`]
        : []),
      ...monitoringProblems(key, workload, [...keyOf.keys()]),
      ...(workload.resources ? limitProblems(`${key}.resources`, workload.resources) : []),
    ];
  });
  return [...ofEach, ...workloadNameProblems(settings.workloads)];
}

/** Errors for a token that the system does not have, and for log files where the application cannot write. */
function monitoringProblems(
  workload: string,
  { metrics: { authorization }, logs, writable }: WorkloadSettings,
  known: readonly string[],
): string[] {
  const isWritable = (file: string) => Object.keys(writable).some((directory) => file.startsWith(`${directory}/`));
  return [
    ...(authorization === undefined || known.includes(authorization)
      ? []
      : [
          `${workload}.metrics.authorization is ${authorization}, which is no secret variable of the runbook; ` +
            `set it to one of ${known.join(", ") || "them, of which there are none: remove it"}`,
        ]),
    ...Object.entries(logs).flatMap(([kind, file]) =>
      isWritable(file)
        ? []
        : [
            `${workload}.logs.${kind} is ${file}, which is in no directory of ${workload}.writable; add its directory there`,
          ],
    ),
  ];
}

/** Variables that Runsheet sets, and what has their values. */
const ours: Readonly<Record<string, string>> = {
  DATABASE_URL: "the database's login",
  REDIS_URL: "the login at Redis",
  REDIS_PASSWORD: "the login at Redis",
};

/** Errors for variables that have two values, that are Runsheet's, or that are secrets in plain text. */
function variableProblems(
  workload: string,
  system: string,
  { environment, secrets }: WorkloadSettings,
  keyOf: ReadonlyMap<string, string>,
): string[] {
  const ofEnvironment = Object.entries(environment).flatMap(([variable, value]) => {
    const key = `${workload}.environment.${variable}`;
    const secret = keyOf.get(variable);
    if (secret !== undefined)
      return [`${key} is a secret; remove it, and set it with: pulumi config set --secret ${system}:${secret}`];
    if (variable in secrets) return [`${key} is also in secrets; remove one of the two`];
    if (isPlainSecret(variable, value))
      return [
        `${key} is a secret in plain text; name a key for it in ${workload}.secrets, and set that with: ` +
          `pulumi config set --secret ${system}:KEY`,
      ];
    return [];
  });
  const reserved = [...Object.keys(environment), ...Object.keys(secrets)].flatMap((variable) => {
    if (variable === "PORT") return [`${workload} has the variable PORT; remove it, and set ${workload}.port`];
    return variable in ours ? [`${workload} has the variable ${variable}, which is ${ours[variable]!}; remove it`] : [];
  });
  return [...reserved, ...ofEnvironment];
}
