/** Variables that checks name as `${NAME}`, and texts without the values of the secret ones. `$${` stands for `${`. */

const captured = new Map<string, string>();
const secrets = new Set<string>();
let plain: ReadonlySet<string> = new Set();

/** Names the variables that are no secrets. */
export function declarePlain(names: readonly string[]): void {
  plain = new Set(names);
}

/** Keeps a value of an answer for later checks. */
export function capture(name: string, value: string): void {
  captured.set(name, value);
}

/**
 * Returns the value of a variable.
 * @throws Error if it is neither captured nor in the environment
 */
export function lookUp(name: string): string {
  if (name === "NOW") return new Date().toISOString();
  const value = captured.get(name) ?? process.env[name];
  if (value === undefined)
    throw new Error(
      `the check uses \${${name}}, which is neither an environment variable nor captured by an earlier check`,
    );
  if (!captured.has(name) && !plain.has(name)) secrets.add(value);
  return value;
}

/** Replaces `${NAME}` by what `value` returns for the variable. Default: its value. */
export const fill = (text: string, value: (name: string) => string = lookUp): string =>
  text.replace(/\$(\$\{)|\$\{(\w+)\}/g, (_, brace: string | undefined, name: string) => brace ?? value(name));

/** Replaces `${NAME}` in a text of JSON. */
export const fillJson = (text: string): string => fill(text, (name) => inJson(lookUp(name)));

/** Returns a text for an error: only variables that are no secrets are replaced. */
export const fillPlain = (text: string): string =>
  fill(text, (name) => (plain.has(name) || captured.has(name) ? lookUp(name) : `\${${name}}`));

/** Replaces the values of secret variables by ***, also as JSON and URLs write them. */
export function hide(text: string): string {
  const forms = [...secrets].flatMap((secret) => [secret, secret.trim(), inJson(secret), encodeURIComponent(secret)]);
  // The longest first: one secret may be a part of another.
  return forms
    .filter((form) => form !== "")
    .sort((one, other) => other.length - one.length)
    .reduce((shown, form) => shown.replaceAll(form, "***"), text);
}

/** Returns the beginning of a text for an error. What is secret is replaced before: a part of it would be left. */
export function beginning(text: string, length: number, end = ""): string {
  const shown = hide(text);
  return shown.length > length ? `${shown.slice(0, length)}${end}` : shown;
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
