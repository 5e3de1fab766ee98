/** Runs a Pulumi program. */
"use strict";

const { spawn } = require("node:child_process");
const { nodeFor, sdkCommand } = require("./modules");
const { nodeArguments, optionsOf, typeScriptEnvironment } = require("./options");

/** The code with which a program ends that has told its user already what is wrong. */
const alreadyReported = 32;

/** Starts the program and answers when it has ended. What it prints goes to this host's output, which Pulumi shows. */
async function runProgram(request, messages) {
  const directory = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const options = optionsOf(request);
  const command = [
    ...["--require", require.resolve("./end-with-parent")],
    ...nodeArguments(options),
    sdkCommand("run", directory),
    ...programArguments(request),
  ];
  const env = { ...process.env, ...typeScriptEnvironment(options), ...configuration(request) };
  const child = spawn(nodeFor(directory), command, {
    cwd: request.getPwd(),
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...how) => resolve(how));
  });

  const response = new messages.RunResponse();
  if (code === alreadyReported) return response.setBail(true);
  if (signal) return response.setError(`the program was ended by the signal ${signal}`);
  return code === 0 ? response : response.setError(`the program ended with the exit code ${code}`);
}

function programArguments(request) {
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: process.argv.at(-1), // Pulumi starts this host with its address as the last argument
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": request.getInfo()?.getRootDirectory(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: request.getParallel(),
  };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined && value !== "");
  const entryPoint = request.getInfo()?.getEntryPoint() || request.getProgram() || ".";
  return [
    ...given.flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    entryPoint,
    ...request.getArgsList(),
  ];
}

const configuration = (request) => ({
  PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
  PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
});

module.exports = { runProgram };
