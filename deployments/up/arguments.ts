/** Command line of what `npm run up` runs for its stack. */
import { Misuse, oneOf, optionsOnly, parsed } from "../../command-line";

const consents = ["given", "previewed", "asked"] as const;
type Consent = (typeof consents)[number];

export const help = `Runs pulumi up, shows it as steps of the runbooks, and writes its report into reports/deployments.

  node --require ./register.cjs deployments/up/main.ts --stack NAME [--consent CONSENT] [--plain]

  --stack NAME        the Pulumi stack
  --consent CONSENT   given: nothing is previewed. previewed: the preview is shown. asked: it is shown, and somebody is
                      asked. Default: asked
  --plain             prints what pulumi up prints. Default: only where there is no terminal

The exit code is that of pulumi up, 1 if the answer is no, and 2 if the command line is wrong.`;

export interface Arguments {
  readonly stack: string;
  readonly consent: Consent;
  readonly plain: boolean;
}

/** @throws Misuse with the error and the possible values */
export function readArguments(typed: readonly string[]): Arguments {
  const { values, positionals } = parsed(typed, {
    stack: { type: "string" },
    consent: { type: "string", default: "asked" },
    plain: { type: "boolean", default: false },
  });
  optionsOnly(positionals);
  const { stack, plain } = values;
  if (!stack) throw new Misuse("--stack: expected the name of a stack");
  const consent = oneOf("consent", values.consent, consents);
  return { stack, consent, plain };
}
