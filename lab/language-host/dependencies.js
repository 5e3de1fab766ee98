/** What a program depends on: installing it, and telling Pulumi what is there. */
"use strict";

const { execFileSync, spawn } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { nodeFor } = require("./modules");
const { optionsOf } = require("./options");

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Runs the package manager's install (option `packagemanager`, default npm) and streams what it prints. */
async function installDependencies(call, messages) {
  const request = call.request;
  const directory = request.getDirectory() || request.getInfo()?.getProgramDirectory();
  const manager = optionsOf(request).packagemanager ?? "npm";
  const child = spawn(manager, ["install"], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  const response = () => new messages.InstallDependenciesResponse();
  child.stdout.on("data", (data) => call.write(response().setStdout(new Uint8Array(data))));
  child.stderr.on("data", (data) => call.write(response().setStderr(new Uint8Array(data))));
  await new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`${manager} cannot be run: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`\`${manager} install\` in ${directory} ended with the exit code ${code}`));
    });
  });
}

/** The packages in the program's package.json with their installed versions; with `transitive`, all installed ones. */
function programDependencies(request, messages) {
  const directory = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const versions = request.getTransitivedependencies() ? allInstalled(directory) : direct(directory);
  const list = Object.entries(versions).map(([name, version]) =>
    new messages.DependencyInfo().setName(name).setVersion(version),
  );
  return new messages.GetProgramDependenciesResponse().setDependenciesList(list);
}

function direct(directory) {
  const folder = folderWith("package.json", directory);
  if (!folder) return {};
  const { dependencies, devDependencies } = json(join(folder, "package.json"));
  const installed = (name) => join(folder, "node_modules", name, "package.json");
  const wanted = Object.entries({ ...devDependencies, ...dependencies });
  return Object.fromEntries(
    wanted.map(([name, range]) => [name, existsSync(installed(name)) ? json(installed(name)).version : range]),
  );
}

/** From what npm writes about what it has installed. */
function allInstalled(directory) {
  const file = join("node_modules", ".package-lock.json");
  const folder = folderWith(file, directory);
  if (!folder) return direct(directory);
  const packages = Object.entries(json(join(folder, file)).packages);
  return Object.fromEntries(packages.map(([path, { version }]) => [path.split("node_modules/").pop(), version]));
}

/** The nearest folder, from `directory` upwards, that has `file`. */
function folderWith(file, directory) {
  if (existsSync(join(directory, file))) return directory;
  return dirname(directory) === directory ? undefined : folderWith(file, dirname(directory));
}

/** Which Node.js runs the program. */
function about(request, messages) {
  const node = nodeFor(request.getInfo()?.getProgramDirectory() ?? process.cwd());
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  return new messages.AboutResponse().setExecutable(node).setVersion(version);
}

module.exports = { about, installDependencies, programDependencies };
