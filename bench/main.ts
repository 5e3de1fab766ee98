/** `npm run bench`. */
import { command, Misuse, parsed } from "../command-line";
import { compare, type Rounds } from "./compared";
import { drift } from "./drift";
import { interruptible } from "./interruption";
import { withMigration } from "./migration";
import { withPreview } from "./preview";
import { withRelease } from "./release";
import { told } from "./told";
import { names } from "../systems";

const benches: Readonly<Record<string, (rounds: Rounds) => Promise<boolean>>> = {
  async preview(rounds) {
    const all: boolean[] = [];
    for (const count of [1, 3, names.length])
      all.push(await withPreview(names.slice(0, count), (compared) => compare(compared, rounds)));
    return all.every(Boolean);
  },
  told: (rounds) => compare(told, rounds),
  drift: (rounds) => compare(drift, rounds),
  release: (rounds) => withRelease((compared) => compare(compared, rounds)),
  migration: (rounds) => withMigration((compared) => compare(compared, rounds)),
};
const benchNames = Object.keys(benches);

const help = `Measures what people do daily on the lab's stack, each beside its floor in the same run.

  npm run bench -- [NAME...] [--rounds NUMBER]

  NAME             ${benchNames.join(", ")}. Default: all of them, in this order
  --rounds NUMBER  rounds of each. Default: 3

The exit code is 0 if every figure is within its limit, 1 if one is not or a bench fails, and 2 if the command line is wrong. The stack has
to be as its file says: run npm run up before, and after, for the benches of a release and of a migration release
PM Intelligence. Ctrl-C puts back what a bench has changed, but for that release.`;

async function main(): Promise<void> {
  const { values, positionals } = parsed(process.argv.slice(2), { rounds: { type: "string", default: "3" } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Misuse(`--rounds ${values.rounds}: expected a number from 1 on`);
  const unknown = positionals.find((name) => !benchNames.includes(name));
  if (unknown !== undefined) throw new Misuse(`${unknown}: expected one of ${benchNames.join(", ")}`);
  const wanted = positionals.length > 0 ? benchNames.filter((name) => positionals.includes(name)) : benchNames;
  const expectGoingOn = interruptible();
  for (const name of wanted) if (!(await benches[name]!({ rounds, expectGoingOn }))) process.exitCode = 1;
}

void command(help, main);
