/** Runs a plugin that is written in Node.js: a policy pack, or a provider that is a folder of sources. */
"use strict";

const { spawn } = require("node:child_process");
const { nodeFor, sdkCommand } = require("./modules");
const { nodeArguments, optionsOf, typeScriptEnvironment } = require("./options");

/** Streams what the plugin prints, then its exit code. The plugin ends when Pulumi cancels the call. */
async function runPlugin(call, messages) {
  const request = call.request;
  const directory = request.getInfo()?.getProgramDirectory() || request.getProgram();
  const options = optionsOf(request);
  const isPolicyPack = request.getKind() === "analyzer";
  // A policy pack gets the engine's address first and is run in its own folder, a provider in the one that Pulumi says.
  const command = isPolicyPack
    ? [sdkCommand("run-policy-pack", directory), ...request.getArgsList(), directory]
    : [sdkCommand("run-plugin", directory), directory, ...request.getArgsList()];
  const child = spawn(
    nodeFor(directory),
    ["--require", require.resolve("./end-with-parent"), ...nodeArguments(options), ...command],
    {
      cwd: isPolicyPack ? directory : request.getPwd(),
      env: { ...process.env, ...environment(request), ...typeScriptEnvironment(options) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  call.on("cancelled", () => child.kill());
  child.stdout.on("data", (data) => call.write(new messages.RunPluginResponse().setStdout(new Uint8Array(data))));
  child.stderr.on("data", (data) => call.write(new messages.RunPluginResponse().setStderr(new Uint8Array(data))));
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve(exitCode ?? 1));
  });
  call.write(new messages.RunPluginResponse().setExitcode(code));
}

/** The request's "NAME=value" lines. */
const environment = (request) =>
  Object.fromEntries(
    request.getEnvList().map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

module.exports = { runPlugin };
