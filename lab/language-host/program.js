/** Runs a Pulumi program. */
"use strict";

const { start } = require("./child");
const { sdkCommand } = require("./modules");
const { optionsOf } = require("./options");

/** The code with which a program ends that has told its user already what is wrong. */
const alreadyReported = 32;

/** Starts the program and answers when it has ended. What it prints goes to this host's output, which Pulumi shows. */
async function runProgram(request, messages) {
  const directory = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const command = [sdkCommand("run", directory), ...programArguments(request)];
  const { ended } = start(directory, command, optionsOf(request), {
    cwd: request.getPwd(),
    env: configuration(request),
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code, signal] = await ended;

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
    ...given.map(([name, value]) => `--${name}=${value}`),
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
