/** Command line of the drills. */
import { Misuse, parsed } from "../command-line";
import { lab } from "../lab/target";
import { systems } from "../systems";
import type { Scenario } from "./scenario";
import { scenarios } from "./scenarios";

const names = systems.map(({ name }) => name);

export const help = () =>
  `Rehearses a disaster on a stack, and measures the time to recover (RTO) and the lost data (RPO).

  npm run drill -- SCENARIO [--system SYSTEM] [--stack STACK] [--at TIME] [--continue] [--yes]
  npm run drill -- restore-elsewhere --from STACK [--continue | --clean-up] [--yes]
  npm run drill -- history    shows the drills on record; history --help says more
  npm run drill -- due        names the drills that are overdue
  npm run drill -- region     says on paper what the loss of a region would need; region --help says more

Scenarios:
${scenarios.map(({ name, description }) => `  ${name.padEnd(20)} ${description}`).join("\n")}

  --system SYSTEM   one of ${names.join(", ")}. Default: the first that the scenario is for
  --stack STACK     the Pulumi stack. Default: local, the lab
  --from STACK      restore-elsewhere: the stack whose databases are restored. It is the same as --stack
  --at TIME         point-in-time: the time to restore to, such as 2026-11-27T09:30:00Z. Default: the last moment before
                    the disaster
  --continue        continues an interrupted drill
  --clean-up        restore-elsewhere: removes the copy that a drill has left, and runs none
  --yes             skips the question before a drill of a stack other than local

The report is written into reports/. The exit code is 0 if every objective was met, 1 if one was missed, 2 if the drill
itself failed.`;

/**
 * Parses the command line. Undefined if help is requested.
 * @throws Misuse with the error and the possible values
 */
export function readArguments(typed: readonly string[]) {
  const { values, positionals } = parse(typed);
  if (values.help) return undefined;
  const [name, ...more] = positionals;
  const scenario = scenarios.find((each) => each.name === name);
  if (!scenario || more.length > 0)
    throw new Misuse(`expected one scenario, history, due or region: ${scenarios.map((each) => each.name).join(", ")}`);
  const { at, from } = values;
  if (from !== undefined && (scenario.name !== "restore-elsewhere" || values.stack !== undefined))
    throw new Misuse(`--from ${from}: expected for restore-elsewhere only, and without --stack`);
  const stack = from ?? values.stack ?? lab.stack;
  const system = systemOf(scenario, values.system);
  if (at !== undefined && (scenario.name !== "point-in-time" || Number.isNaN(Date.parse(at))))
    throw new Misuse(`--at ${at}: expected a time such as 2026-11-27T09:30:00Z, for point-in-time only`);
  if (at !== undefined && Date.parse(at) > Date.now()) throw new Misuse(`--at ${at}: it is in the future`);
  if (at !== undefined && values.continue)
    throw new Misuse(`--at ${at}: a drill that continues has its time already: leave --at out`);
  const cleanUp = values["clean-up"];
  if (cleanUp && (!scenario.inCopy || values.continue))
    throw new Misuse("--clean-up: expected for restore-elsewhere only, and without --continue");
  return { scenario, system, stack, at, goesOn: values.continue, cleanUp, yes: values.yes };
}

/** Returns the system that a scenario runs on, or "stack". */
function systemOf({ name, systems: fits }: Scenario, wanted: string | undefined): string {
  if (fits === "stack" && wanted === undefined) return fits;
  if (fits === "stack") throw new Misuse(`${name} is for the whole stack: remove --system`);
  const possible = fits === "any" ? names : fits;
  const system = wanted ?? possible[0]!;
  if (!possible.includes(system)) throw new Misuse(`--system ${system}: ${name} is for ${possible.join(", ")}`);
  return system;
}

const parse = (typed: readonly string[]) =>
  parsed(typed, {
    system: { type: "string" },
    stack: { type: "string" },
    from: { type: "string" },
    at: { type: "string" },
    continue: { type: "boolean", default: false },
    "clean-up": { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
  });
