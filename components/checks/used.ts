/** Variables that checks use. */
import type { Environment } from "../kubernetes/environment";
import type { Check } from "./check";

/** Returns the variables that the checks use. What a check does not need is not in its pod. */
export function usedIn(checks: readonly Check[], variables: Environment): Environment {
  const some = (is: (check: Check) => boolean) => checks.some(is);
  const asksPostgres = some((check) => "sql" in check || "logins" in check);
  const asksAsApplication = some((check) => "logins" in check || ("sql" in check && check.as !== undefined));
  const asksRedis = some((check) => "redis" in check);
  const named = namedIn(checks);
  const connects = asksPostgres || asksRedis || some((check) => "url" in check);
  const isUsed = (name: string) =>
    (asksPostgres && name.startsWith("PG")) ||
    (asksAsApplication && name.startsWith("APPLICATION_")) ||
    (asksRedis && name.startsWith("REDIS_")) ||
    (connects && name === "NODE_EXTRA_CA_CERTS") ||
    named.has(name);
  return Object.fromEntries(Object.entries(variables).filter(([name]) => isUsed(name)));
}

/** Finds the variables that checks name. A text of the configuration, in which `$$` stands for `$`, names none. */
export function namedIn(checks: readonly Check[]): ReadonlySet<string> {
  const found = JSON.stringify(checks).matchAll(/\$\$\{|\$\{(\w+)\}/g);
  return new Set([...found].flatMap(([, name]) => name ?? []));
}
