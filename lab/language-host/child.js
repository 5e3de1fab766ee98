/** Starts Node.js for a program or a plugin, so that it never outlives this host. */
"use strict";

const { spawn } = require("node:child_process");
const { nodeFor } = require("./modules");
const { nodeArguments, typeScriptEnvironment } = require("./options");

/**
 * Runs one of the SDK's commands for what lies in `directory`.
 *
 * @param command the command's path and its arguments
 * @param options the runtime's options in Pulumi.yaml
 * @param settings of the new process: env is added to this one's
 * @returns the process, and how it will have ended: [exit code or null, signal or null]
 */
function start(directory, command, options, settings) {
  const args = ["--require", require.resolve("./end-with-parent"), ...nodeArguments(options), ...command];
  const env = { ...process.env, ...settings.env, ...typeScriptEnvironment(options) };
  const child = spawn(nodeFor(directory), args, { ...settings, env });
  // When this host ends in an orderly way, at once; otherwise the child notices by itself.
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...how) => {
      process.removeListener("exit", kill);
      resolve(how);
    });
  });
  return { child, ended };
}

// Without these a signal would end this process before it could take its children along.
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

module.exports = { start };
