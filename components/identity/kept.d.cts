/**
 * Returns the text that is kept in the file, or makes and keeps it. A kept text counts only if this user has kept it.
 * @param file path whose last part has the hash of the sources
 */
export function kept(file: string, make: () => string): string;

/** Returns the text that this user has kept in the file. Undefined if there is none. */
export function readKept(file: string): string | undefined;

/** Keeps a text. */
export function keep(file: string, text: string): void;
