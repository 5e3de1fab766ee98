// Texts that are kept between two runs, since making them takes longer than the rest of the program: what was transpiled
// or bundled. Such a text runs here and in the pods, so it counts only with the seal of this user's own key: what came from
// elsewhere into node_modules, such as from the cache of a CI, is made anew. In JavaScript, for register.cjs needs it.
const { createHmac, randomBytes, timingSafeEqual } = require("node:crypto");
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { homedir } = require("node:os");
const { basename, dirname, join } = require("node:path");
const { writeWholeFile } = require("./whole-file.cjs");

/** Directory of this user alone: no cache, which a CI may fill, and not in the directory for temporary files. */
const own = join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "runsheet");
exports.own = own;

let key;

/** Returns the text that is kept in the file, or makes and keeps it. */
exports.kept = (file, make) => {
  const found = exports.readKept(file);
  if (found !== undefined) return found;
  const text = make();
  exports.keep(file, text);
  return text;
};

/** Returns the text that this user has kept in the file. Undefined if there is none. */
exports.readKept = (file) => {
  key ??= readKey();
  const found = key && read(file);
  if (!found || found.length < sealBytes) return undefined;
  const [seal, text] = [found.subarray(0, sealBytes), found.subarray(sealBytes)];
  return timingSafeEqual(seal, sealOf(file, text)) ? text.toString() : undefined;
};

/** Keeps a text, for this user alone. Without a key, as in a home that cannot be written, it is not kept. */
exports.keep = (file, text) => {
  key ??= readKey();
  if (key) writeWholeFile(file, Buffer.concat([sealOf(file, Buffer.from(text)), Buffer.from(text)]), 0o600);
};

const sealBytes = 32;

/** The name is sealed, too: it has the hash of the sources. */
const sealOf = (file, text) =>
  createHmac("sha256", key)
    .update(`${basename(file)}\0`)
    .update(text)
    .digest();

/** Key of this user on this machine, made once. */
function readKey() {
  const file = join(own, "cache-key");
  const found = read(file);
  if (found?.length === 32) return found;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(32), { mode: 0o600, flag: found ? "w" : "wx" });
  } catch {
    // Another process has made it, or nobody can.
  }
  const made = read(file);
  return made?.length === 32 ? made : undefined;
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
