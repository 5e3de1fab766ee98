/** Texts that are kept between runs: only those that this user has kept count. */
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const directory = mkdtempSync(join(tmpdir(), "runsheet-kept-"));
const file = join(directory, "cache", "a1b2.js");
const key = join(directory, "state", "runsheet", "cache-key");
const { XDG_STATE_HOME } = process.env;

beforeEach(() => {
  process.env.XDG_STATE_HOME = join(directory, "state");
});
afterEach(() => {
  process.env.XDG_STATE_HOME = XDG_STATE_HOME;
  if (XDG_STATE_HOME === undefined) delete process.env.XDG_STATE_HOME;
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Asks for a text as a process of its own does. Returns it, and how often it was made. */
function ask(text = "made", path = file): { readonly text: string; readonly made: number } {
  let made = 0;
  let found = "";
  jest.isolateModules(() => {
    const { kept } = jest.requireActual<typeof import("../../../../components/identity/kept.cjs")>(
      "../../../../components/identity/kept.cjs",
    );
    found = kept(path, () => {
      made++;
      return text;
    });
  });
  return { text: found, made };
}

test("a text is made once", () => {
  expect(ask("first")).toEqual({ text: "first", made: 1 });
  expect(ask("second")).toEqual({ text: "first", made: 0 });
  expect(statSync(key).mode & 0o777).toBe(0o600);
});

test("one that somebody else has changed, cut or moved is made anew", () => {
  const sealed = readFileSync(file);
  for (const poisoned of [Buffer.from("poisoned"), Buffer.alloc(0), Buffer.concat([sealed, Buffer.from("!")])]) {
    writeFileSync(file, poisoned);
    expect(ask("mended")).toEqual({ text: "mended", made: 1 });
    expect(ask()).toEqual({ text: "mended", made: 0 });
  }
  const other = join(directory, "cache", "c3d4.js");
  renameSync(file, other);
  expect(ask("own", other)).toEqual({ text: "own", made: 1 });
});

test("one that another user's key has sealed is made anew", () => {
  ask("theirs");
  rmSync(key);
  expect(ask("ours")).toEqual({ text: "ours", made: 1 });
});

test("a damaged key is replaced", () => {
  writeFileSync(key, "short");
  expect(ask("again")).toEqual({ text: "again", made: 1 });
  expect(ask()).toEqual({ text: "again", made: 0 });
});

test("where no key can be kept, nothing is kept", () => {
  process.env.XDG_STATE_HOME = "/dev/null/nowhere";
  expect(ask("anew")).toEqual({ text: "anew", made: 1 });
  expect(ask("anew")).toEqual({ text: "anew", made: 1 });
});
