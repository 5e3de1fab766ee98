/** How a new database orders text and knows letters: by bytes, and in every script. */

/** PostgreSQL's words for it, as initdb has them. */
export interface Locale {
  readonly localeCollate: string;
  readonly localeCType: string;
  readonly localeProvider?: string;
  readonly builtinLocale?: string;
}

/**
 * CloudNativePG's default knows ASCII's letters only: lower('Ä') is 'Ä', and similarity('東京', '東京') is 0. The order stays that of
 * bytes, which no upgrade of a system's library changes. From PostgreSQL 17 on upper and lower case are PostgreSQL's own as well;
 * pg_trgm and full-text search ask the library which characters are letters (17), and so does everything before 17.
 */
export const localeOf = (major: number): Locale => ({
  localeCollate: "C",
  localeCType: "C.UTF-8",
  ...(major >= 17 ? { localeProvider: "builtin", builtinLocale: "C.UTF-8" } : {}),
});

/** The same as initdb's options. */
export function localeOptions(major: number): string[] {
  const { localeCollate, localeCType, localeProvider, builtinLocale } = localeOf(major);
  return [
    ...["--encoding=UTF8", `--lc-collate=${localeCollate}`, `--lc-ctype=${localeCType}`],
    ...(localeProvider ? [`--locale-provider=${localeProvider}`, `--builtin-locale=${builtinLocale}`] : []),
  ];
}
