/** Configured text in checks. */

/**
 * Returns a text of the configuration as a check takes it literally: `${NAME}` in it is no variable. Everything configured
 * that a check sends or asks goes through it.
 */
export function literally<Value>(value: Value): Value {
  const text = JSON.stringify(value);
  return text === undefined ? value : (JSON.parse(text.replaceAll("${", () => "$${")) as Value);
}
