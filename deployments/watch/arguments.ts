/** Command line of `npm run watch`. */
import { expectNames, Misuse, optionsOnly, parsed } from "../../command-line";
import { lab } from "../../lab/target";

export const help = `Shows an up of a stack while it runs, as a page for a browser on this machine.

  npm run watch -- [--stack NAME] [--port NUMBER]

  --stack NAME    the Pulumi stack. Default: local, the lab
  --port NUMBER   port of the page on 127.0.0.1. Default: a free one

It prints the address of the page, and the page shows the steps of the newest up: what is done, what runs and since when,
the log of a running task, and what to do about a step that failed. It changes nothing, and runs until Ctrl-C.

It sees each npm run up of this checkout. An up by a Pulumi of your own is seen if it writes the engine's log:

  PULUMI_DEBUG_COMMANDS=true pulumi up --stack NAME --event-log FILE

FILE is printed, too. The report of an up that has ended is in reports/deployments. The exit code is 1 if it fails, 2 if the
command line is wrong.`;

export interface Arguments {
  readonly stack: string;
  /** 0 for a free one. */
  readonly port: number;
}

/** @throws Misuse with the error and the possible values */
export function readArguments(typed: readonly string[]): Arguments {
  const { values, positionals } = parsed(typed, {
    stack: { type: "string", default: lab.stack },
    port: { type: "string", default: "0" },
  });
  optionsOnly(positionals, "--stack");
  const { stack, port } = values;
  expectNames({ stack });
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Misuse(`--port ${port}: expected a number from 1 to 65535, or 0 for a free one`);
  return { stack, port: Number(port) };
}
