/** URLs of an existing database in the configuration. Their text is read here alone; what leaves is not secret. */
import * as pulumi from "@pulumi/pulumi";
import { databaseAddress, databaseUrl, urlProblems } from "../components/postgres/url";
import type { CommonSettings } from "../components/system/settings";

const keys = ["databaseUrl", "databaseDirectUrl"] as const;

/** An existing database, as the configuration names it. */
export interface NamedDatabase {
  /** Host and name of the database: host/database. Undefined if there are problems. */
  readonly address?: string;
  /** Problems of its URLs, each beginning with its key. */
  readonly problems: readonly string[];
}

/** Returns the existing database of a system. Undefined if its engine is another. */
export function namedDatabase(system: string, { postgres }: CommonSettings): NamedDatabase | undefined {
  if (postgres.engine !== "existing") return undefined;
  const config = pulumi.runtime.allConfig();
  const urls = keys.flatMap((key) => {
    const text = config[`${system}:${key}`];
    // stack/section.ts reports one that is empty or no URL.
    return text !== undefined && URL.canParse(text) ? [{ key, text }] : [];
  });
  const direct = urls.at(-1);
  const ca = postgres.ca !== undefined;
  const problems = urls.flatMap(({ key, text }) =>
    urlProblems(text, { ca, direct: key === direct!.key }).map((problem) => `${key} ${problem}`),
  );
  return {
    problems,
    ...(direct && problems.length === 0 ? { address: databaseAddress(databaseUrl(direct.text)) } : {}),
  };
}
