import { readFlags, runScript, usage, type Script } from "../../../../lab/stand-in/core/script";
import { readSettings, SettingsError } from "../../../../lab/stand-in/core/settings";

const script: Script = {
  summary: "Counts sheep.",
  flags: {
    sheep: { help: "How many.", number: { fallback: 7, minimum: 1, maximum: 100 } },
    quietly: { help: "Without a sound." },
  },
  needs: [],
  run: (_context, { numbers, switches }) => Promise.resolve({ ...numbers, ...switches }),
};
const moving: Script = {
  summary: "Moves sheep.",
  flags: { to: { text: "MEADOW", help: "Where to." } },
  needs: [],
  run: ({ environment }, { texts }) => Promise.resolve({ ...texts, role: environment.STAND_IN_ROLE }),
};
const settings = readSettings({ STAND_IN_SYSTEM: "omniops", STAND_IN_ROLE: "count" });
const nothing = () => undefined;

test.each([
  [[], { sheep: 7, quietly: false }],
  [["--sheep=12", "--quietly"], { sheep: 12, quietly: true }],
  [["--sheep", "100"], { sheep: 100, quietly: false }],
])("%j gives %j", async (args, expected) => {
  expect(await runScript(settings, script, args, nothing, nothing)).toEqual(expected);
});

test.each([
  [["--sheep=0"], '--sheep is "0": give it a whole number from 1 to 100. See --help.'],
  [["--sheep=101"], '--sheep is "101": give it a whole number from 1 to 100. See --help.'],
  [["--sheep=1e1"], '--sheep is "1e1": give it a whole number from 1 to 100. See --help.'],
  [["--sheep="], '--sheep is "": give it a whole number from 1 to 100. See --help.'],
])("%j is refused", (args, message) => {
  expect(() => readFlags(script, args)).toThrow(new SettingsError(message));
});

test("an unknown flag is refused", () => {
  expect(() => readFlags(script, ["--goats=1"])).toThrow(/Unknown option '--goats'\. See --help\.$/);
});

test("--help tells each flag with its limits and default", () => {
  expect(usage("count", script)).toBe(
    [
      "node main.cjs count [flags]",
      "Counts sheep.",
      "  --sheep=N  How many. (from 1 to 100; default 7)",
      "  --quietly  Without a sound.",
      "  --help  Prints this.",
    ].join("\n"),
  );
});

test("a flag with a text must be given, and the script knows the environment", async () => {
  expect(await runScript(settings, moving, ["--to", "/hill"], nothing, nothing)).toEqual({
    to: "/hill",
    role: "count",
  });
  expect(await runScript(settings, moving, ["--to=/hill"], nothing, nothing)).toEqual({ to: "/hill", role: "count" });
  const refused = new SettingsError("--to is not given: give --to=MEADOW. See --help.");
  expect(() => readFlags(moving, [])).toThrow(refused);
  expect(() => readFlags(moving, ["--to="])).toThrow(refused);
  expect(usage("move", moving).split("\n")[2]).toBe("  --to=MEADOW  Where to. (must be given)");
});

test("what a script needs and is not set is named", async () => {
  const needing: Script = { ...script, needs: ["database", "redis"] };
  await expect(runScript(settings, needing, [], nothing, nothing)).rejects.toThrow(
    new SettingsError("DATABASE_URL is not set: the script needs it."),
  );
});
