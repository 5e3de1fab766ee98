/** Runs a plugin that is written in Node.js: a policy pack, or a provider that is a folder of sources. */
"use strict";

const { start } = require("./child");
const { sdkCommand } = require("./modules");
const { optionsOf } = require("./options");

/** Streams what the plugin prints, then its exit code. The plugin ends when Pulumi cancels the call. */
async function runPlugin(call, messages) {
  const request = call.request;
  const directory = request.getInfo()?.getProgramDirectory() || request.getProgram();
  const isPolicyPack = request.getKind() === "analyzer";
  // A policy pack gets the engine's address first and is run in its own folder, a provider in the one that Pulumi says.
  const command = isPolicyPack
    ? [sdkCommand("run-policy-pack", directory), ...request.getArgsList(), directory]
    : [sdkCommand("run-plugin", directory), directory, ...request.getArgsList()];
  const { child, ended } = start(directory, command, optionsOf(request), {
    cwd: isPolicyPack ? directory : request.getPwd(),
    env: environment(request),
    stdio: ["ignore", "pipe", "pipe"],
  });
  call.on("cancelled", () => child.kill());
  child.stdout.on("data", (data) => call.write(new messages.RunPluginResponse().setStdout(new Uint8Array(data))));
  child.stderr.on("data", (data) => call.write(new messages.RunPluginResponse().setStderr(new Uint8Array(data))));
  const [code] = await ended;
  call.write(new messages.RunPluginResponse().setExitcode(code ?? 1));
}

/** The request's "NAME=value" lines. */
const environment = (request) =>
  Object.fromEntries(
    request.getEnvList().map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

module.exports = { runPlugin };
