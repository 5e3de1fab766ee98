/** Way back from a change: the configuration that takes it back. */
import { verifiedOfOwn } from "../components/system/migration-steps";
import type { StepRecord } from "../components/runbook";
import type { Causes } from "./reasons";
import type { Danger, WayBack } from "./told";

/** Facts about a system's change that decide on the way back. */
export interface Situation {
  readonly stack: string;
  readonly system: string;
  readonly causes: Causes;
  readonly dangers: readonly Danger[];
  readonly steps: readonly StepRecord[];
  /** True if the system was not there before. */
  readonly isNew: boolean;
}

/** Tells whether the system can go back, and how. */
export function wayBackFrom({ stack, system, causes, dangers, steps, isNew }: Situation): WayBack {
  if (dangers.length > 0) return no(lost);
  if (isNew) return yes(`remove ${system} from runsheet:systems; what holds data stays while runsheet:protect is true`);
  const { release, target, migrations } = causes;
  if (migrations.edited.length > 0)
    return no(
      `${migrations.edited.join(", ")} may be applied already, and up then refuses the edited script: put it back, and add a change`,
    );
  // The selected stack may be another one by then.
  const of = `--stack ${quoted(stack)}`;
  const up = `pulumi up ${of}`;
  const schema = schemaBack(`${of} --path ${system}:schema.target`, causes);
  const commands = [
    ...(release ? [`pulumi config set ${of} ${system}:release ${quoted(release.from)}`] : []),
    ...schema,
  ];
  if (migrations.byCommand) return yes(...(commands.length > 0 ? commands : [asItWas]), up, byCommand);
  if (commands.length === 0) return yes(`${asItWas}, then ${up}`);
  const own = steps.some(({ name, verify }) => name === "migrate" && verify === verifiedOfOwn);
  const condition =
    own && schema.length > 0 && !target
      ? [`needs an undo script of ${migrations.added.join(", ")}; without one up refuses it before anything changes`]
      : [];
  return yes(...commands, up, ...condition);
}

const lost =
  'the configuration does not bring back the data that is at stake: restore a backup (docs/recovery.md, "Restore a database")';

const asItWas = "put the configuration back as it was";

const byCommand =
  "what migrations.command has applied stays: take it back with its own tool, or restore the dump of before";

/** Command that takes the schema back. None if the schema stays. */
function schemaBack(key: string, { target, migrations: { added, deployed } }: Causes): string[] {
  if (target?.from) return [`pulumi config set ${key} ${quoted(target.from)}`];
  if (target) return [`pulumi config rm ${key}`];
  return added.length > 0 ? [`pulumi config set ${key} ${quoted(deployed ?? "none")}`] : [];
}

const yes = (...how: string[]): WayBack => ({ possible: true, how });
const no = (...how: string[]): WayBack => ({ possible: false, how });

/** Word of a shell. */
const quoted = (text: string) => (/^[\w.:/@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
