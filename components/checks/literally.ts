/** Configured text in checks. */

/**
 * Returns a text of the configuration as a check takes it literally: `${NAME}` in it is no variable. Everything configured
 * that a check sends or asks goes through it.
 */
export function literally<Value>(value: Value): Value {
  const text = JSON.stringify(value);
  return text === undefined ? value : (JSON.parse(text.replaceAll("${", () => "$${")) as Value);
}

/** Returns a check's text as the configuration has it, without what `literally` has added. */
export const asConfigured = (text: string): string => text.replaceAll("$${", () => "${");
