/** Locale of a new database: text is ordered by bytes, and letters of every script are known. */

/** Options of initdb for the locale. */
export interface Locale {
  readonly localeCollate: string;
  readonly localeCType: string;
  readonly localeProvider?: string;
  readonly builtinLocale?: string;
}

/**
 * Returns the locale for a major version of PostgreSQL.
 *
 * CloudNativePG's default knows ASCII letters only: lower('Ä') is 'Ä', and similarity('東京', '東京') is 0. Ordering by
 * bytes does not change when a C library is upgraded. From 17 on PostgreSQL itself converts upper and lower case, too.
 * pg_trgm and full-text search ask the C library which characters are letters; before 17 everything does.
 */
export const localeOf = (major: number): Locale => ({
  localeCollate: "C",
  localeCType: "C.UTF-8",
  ...(major >= 17 ? { localeProvider: "builtin", builtinLocale: "C.UTF-8" } : {}),
});

/** Returns the locale as options of initdb. */
export function localeOptions(major: number): string[] {
  const { localeCollate, localeCType, localeProvider, builtinLocale } = localeOf(major);
  return [
    ...["--encoding=UTF8", `--lc-collate=${localeCollate}`, `--lc-ctype=${localeCType}`],
    ...(localeProvider ? [`--locale-provider=${localeProvider}`, `--builtin-locale=${builtinLocale}`] : []),
  ];
}
