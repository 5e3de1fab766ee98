/** `npm run bench`. */
import { command, Misuse, parsed } from "../command-line";
import { compare } from "./compared";
import { drift } from "./drift";
import { withPreview } from "./preview";
import { withRelease } from "./release";

const benches: Readonly<Record<string, (rounds: number) => Promise<boolean>>> = {
  preview: (rounds) => withPreview((compared) => compare(compared, rounds)),
  drift: (rounds) => compare(drift, rounds),
  release: (rounds) => withRelease((compared) => compare(compared, rounds)),
};
const names = Object.keys(benches);

const help = `Measures what people do daily on the lab's stack, each beside its floor in the same run.

  npm run bench -- [NAME...] [--rounds NUMBER]

  NAME             ${names.join(", ")}. Default: all of them, in this order
  --rounds NUMBER  rounds of each. Default: 3

The exit code is 0 if every ratio is within its limit, 1 if one is not, and 2 if the command line is wrong. The stack has
to be as its file says: run npm run up before. The bench of a release makes releases of PM Intelligence.`;

async function main(): Promise<void> {
  const { values, positionals } = parsed(process.argv.slice(2), { rounds: { type: "string", default: "3" } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Misuse(`--rounds ${values.rounds}: expected a number from 1 on`);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Misuse(`${unknown}: expected one of ${names.join(", ")}`);
  const wanted = positionals.length > 0 ? names.filter((name) => positionals.includes(name)) : names;
  for (const name of wanted) if (!(await benches[name]!(rounds))) process.exitCode = 1;
}

void command(help, main);
