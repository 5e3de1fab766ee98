// Files that nobody finds half written. In JavaScript, for register.cjs needs it.
const { mkdirSync, renameSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");

exports.writeWholeFile = (path, content, mode) => {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, content, { mode });
  renameSync(partial, path);
};
