import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { migrationSource, type MigrationSettings } from "../../components/system/migration-settings";
import { systems as known } from "../../systems";
import { ClusterDatabase } from "../cluster-database";
import { archiveState, reaches } from "../elsewhere/archive-state";
import { keysOf, loginsOf, placeOf, serverOf } from "../elsewhere/original";
import { expectNone, namespaceOf, restorable } from "../elsewhere/namespaces";
import type { Restored } from "../elsewhere/program";
import { Copy } from "../elsewhere/stack";
import { inAll } from "../in-all";
import { archive, unlessArchived, type Drill, type Scenario } from "../scenario";
import type { StackSettings } from "../stack-settings";

/** Limit for a database to be restored, in seconds. */
const seconds = 6 * 3600;

const restoring = "restore and verify them in a stack of their own (pulumi up)";

/** Restores all databases of a stack into a stack of its own, verifies and destroys them. The stack itself is only read. */
export const restoreElsewhere: Scenario = {
  name: "restore-elsewhere",
  title: "Disaster Recovery: restore into another environment",
  description: "every archived database is restored into a stack of its own, verified, and destroyed again",
  rto: 3600,
  rpo: 900,
  systems: "stack",
  inCopy: true,

  unsuitable: (stack) =>
    unlessArchived(stack) ??
    (restorable(stack).length > 0
      ? undefined
      : `no database of the stack ${stack.name} is made by it: those that exist have dumps, each of which is restored before it counts`),

  warning: () =>
    "Beside each database another server of its size runs for as long as the restore takes, in namespaces that begin with drill-",

  async run(drill) {
    const { stack, kubectl, timeline, directory } = drill;
    const systems = restorable(stack);
    const context = stack.configured<string>("runsheet:context")!;
    const original = async (system: string) => {
      const { live, server } = await stack.databases(system);
      const database = new ClusterDatabase(kubectl, stack.namespace(system), live);
      return { live, server, spec: await serverOf(system, database), archive: await archiveState(database) };
    };
    const found = await timeline.step("find the databases and the end of their archives", () =>
      inAll(systems, original),
    );
    // No step: what a step finds is kept in the report's directory.
    const secrets = await inAll(systems, async (system) => ({
      keys: await keysOf(stack, system),
      logins: await loginsOf(stack, system),
    }));
    const databases = systems.map((system) => restoredOf(stack, system, found[system]!, secrets[system]!));
    const images = { postgresql: stack.postgresqlImage(systems[0]!), sqitch: stack.image("sqitch") };
    const copy = new Copy(stack.name, kubectl, (text) => appendFileSync(join(directory, "pulumi.log"), text));
    await timeline.stepBefore(restoring, "remove what an earlier drill has left (pulumi destroy)", () =>
      copy.destroy(),
    );
    await timeline.stepBefore(restoring, "make sure that the namespaces of the copy are free", () =>
      expectNone(kubectl, stack),
    );
    const begin = await timeline.step("begin", () => Promise.resolve(Date.now()));
    await timeline.step(restoring, () => copy.up({ context, store: placeOf(stack), images, databases, seconds }));
    const recovered = await timeline.step("note when they are verified", () => Promise.resolve(Date.now()));
    const reached = await timeline.step("see how far each was restored", () =>
      inAll(systems, (system) =>
        lookAt(
          drill,
          databases.find((each) => each.system === system)!,
          found[system]!.archive.segment,
        ),
      ),
    );
    await timeline.step("destroy the copy (pulumi destroy)", () => copy.destroy());
    await timeline.step("make sure that nothing is left", () => expectNone(kubectl, stack));
    return {
      disaster: begin,
      systems: systems.map((system) => ({
        system,
        recovered,
        // No row may be written into the original.
        loss: { acknowledged: 0, survived: 0, lost: 0, doubled: 0, rpoSeconds: found[system]!.archive.rpoSeconds },
        restoredFrom: { kind: archive, name: found[system]!.server, time: "latest" },
        verified: [
          `The verify scripts of every change that is applied succeeded; ${reached[system]!.tables} tables are there.`,
          `It was restored at least to ${found[system]!.archive.segment}, the newest WAL in the archive when the drill began.`,
        ],
      })),
      notes: notesOf(
        stack,
        systems,
        Object.values(found).map(({ archive }) => archive.why),
      ),
    };
  },
};

function restoredOf(
  stack: StackSettings,
  system: string,
  { live, server, spec }: { live: string; server: string; spec: Awaited<ReturnType<typeof serverOf>> },
  secrets: Pick<Restored, "keys" | "logins">,
): Restored {
  const settings = stack.configured<MigrationSettings>(`${system}:migrations`);
  const shipped = known.find(({ name }) => name === system)!.migrations;
  const migrations = migrationSource(settings, shipped, stack.configured<string>(`${system}:release`) ?? "");
  const { database, ...servers } = spec;
  const namespace = namespaceOf(stack, system);
  const network = stack.network(system);
  return { system, namespace, name: live, database, server, spec: servers, ...secrets, migrations, network };
}

/** @throws Error if the database does not reach the newest WAL that was archived when the drill began */
async function lookAt({ kubectl }: Drill, { system, namespace, name }: Restored, newest: string) {
  const restored = new ClusterDatabase(kubectl, namespace, name);
  const segment = await restored.sql("SELECT pg_walfile_name(pg_current_wal_lsn())");
  if (!reaches(segment, newest))
    throw new Error(`${system} was restored to ${segment}, but its archive had ${newest} when the drill began`);
  return { tables: Number(await restored.sql("SELECT count(*) FROM pg_stat_user_tables")) };
}

function notesOf(stack: StackSettings, systems: readonly string[], archives: readonly string[]): string[] {
  const others = stack.systems.filter((system) => !systems.includes(system));
  return [
    "Nothing of the stack was changed, and nothing was written to its object store: the copy archives nothing.",
    "The copy has databases only: no application, schedule, check or message, and of the secrets only the keys of the object store and the logins of private images. The RTO is that of the databases; lost-cluster measures the applications, too.",
    "The RPO is the greatest age of what was committed and not archived when the drill began. No row was written to measure it.",
    ...archives,
    ...(others.length > 0
      ? [`Not restored, for their databases are not made by the stack: ${others.join(", ")}.`]
      : []),
  ];
}
