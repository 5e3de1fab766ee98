/** The options of the runtime in Pulumi.yaml (`runtime: {name: nodejs, options: ...}`). */
"use strict";

/** The options of a request, as plain values. */
const optionsOf = (request) => request.getInfo()?.getOptions()?.toJavaScript() ?? {};

/** `nodeargs` as separate arguments; quotes keep blanks together, as in a shell. */
function nodeArguments(options) {
  const words = String(options.nodeargs ?? "").match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
}

/** What the SDK's commands want to know about TypeScript, as environment variables. */
function typeScriptEnvironment(options) {
  const path = options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: String(options.tsconfig) };
  // On unless it is switched off, as in the official host.
  return { PULUMI_NODEJS_TYPESCRIPT: String(String(options.typescript ?? true) === "true"), ...path };
}

module.exports = { nodeArguments, optionsOf, typeScriptEnvironment };
