/** Finds Pulumi's SDK and Node.js itself: the program's own first, then this checkout's. */
"use strict";

const { existsSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");

const oldestNode = 22; // what @pulumi/pulumi declares

/** The path of a module as a file in `directory` would get it; undefined if there is none. */
function resolve(name, directory) {
  try {
    return createRequire(join(directory, "any.js")).resolve(name);
  } catch {
    return undefined;
  }
}

/** gRPC and Pulumi's protocol. Pulumi starts the language host in the program's directory. */
function loadPulumi() {
  const places = [process.cwd(), __dirname];
  const sdk = places.map((place) => resolve("@pulumi/pulumi/package.json", place)).find(Boolean);
  if (!sdk) {
    // Pulumi shows what is printed here; a stack trace would bury it.
    console.error(`@pulumi/pulumi is not installed for ${process.cwd()}: run \`npm install\` there.`);
    process.exit(1);
  }
  const fromSdk = createRequire(sdk);
  return {
    grpc: fromSdk("@grpc/grpc-js"),
    google: fromSdk("google-protobuf/google/protobuf/empty_pb"),
    messages: fromSdk("./proto/language_pb"),
    plugins: fromSdk("./proto/plugin_pb"),
    service: fromSdk("./proto/language_grpc_pb").LanguageRuntimeService,
  };
}

/** One of the SDK's commands ("run", "run-plugin", "run-policy-pack"), from the program's own dependencies. */
function sdkCommand(command, directory) {
  const path = resolve(`@pulumi/pulumi/cmd/${command}`, directory);
  if (!path) throw new Error(`@pulumi/pulumi is not installed in ${directory}: run \`npm install\` there.`);
  return path;
}

/**
 * The Node.js that runs a program: the one that runs this host, unless it is too old and the program (or one of the
 * directories above it) has a newer one among its dependencies.
 */
function nodeFor(directory) {
  if (Number(process.versions.node.split(".")[0]) >= oldestNode) return process.execPath;
  return localNode(directory) ?? localNode(__dirname) ?? process.execPath;
}

function localNode(directory) {
  const path = join(directory, "node_modules", ".bin", "node");
  if (existsSync(path)) return path;
  return dirname(directory) === directory ? undefined : localNode(dirname(directory));
}

module.exports = { loadPulumi, nodeFor, sdkCommand };
