import { setTimeout as sleep } from "node:timers/promises";
import { superuserSecret } from "../../components/postgres";
import { ClusterDatabase } from "../cluster-database";
import { inAll } from "../in-all";
import { LeakedPasswords } from "../leaked";
import { endSessions, expectRestarted, madeAnew } from "../leaked/rotation";
import { databaseOf, loadSeconds, measured, type Drill, type Scenario } from "../scenario";
import type { StackSettings } from "../stack-settings";
import { endAll, Writer } from "../writer";

const key = "runsheet:passwordGeneration";

/** Gives every password that the stack makes a new value, and tries the old ones until they are refused. */
export const secretLeak: Scenario = {
  name: "secret-leak",
  title: "Security: rotate all passwords",
  description: "every password has leaked; all that the stack makes get new values, and the old ones are refused",
  rto: 3600,
  rpo: 0,
  systems: "stack",

  unsuitable: (stack) =>
    stack.systems.some((system) => makesPasswords(stack, system))
      ? undefined
      : `the stack ${stack.name} makes no password: its databases exist, and ${stack.systems.join(", ")} have neither a Redis of the stack nor generateSecrets`,

  warning: () =>
    "Every pod of the systems and every Redis of the stack restarts, twice, and every session of the databases is ended. What a Redis without a volume holds is lost",

  async run(drill) {
    const { stack, kubectl, timeline } = drill;
    const { systems } = stack;
    const live = await timeline.step("find the live databases", () => inAll(systems, (system) => stack.live(system)));
    const database = (system: string) => databaseOf(drill, system, live[system]!);
    const leaked = (system: string) =>
      new LeakedPasswords(kubectl, {
        ...{ system, namespace: stack.namespace(system), live: live[system]! },
        image: stack.postgresqlImage(system),
      });
    const names = await timeline.step("keep the passwords of today in the cluster, to try them", () =>
      inAll(systems, (system) => leaked(system).keep()),
    );
    const writers = systems.map((system) => new Writer(database(system)));
    await timeline.step(`try them, and write rows for ${loadSeconds} s in each database`, async () => {
      await inAll(systems, (system) => leaked(system).tryAll(names[system]!));
      await Promise.all(writers.map((writer) => writer.start()));
      await sleep(loadSeconds * 1000);
    });
    const disaster = await timeline.step("the leak is noticed", () => Promise.resolve(Date.now()));
    const generation = (stack.configured<number>(key) ?? 0) + 1;
    await timeline.step("give every password a new value, and restart what uses one (pulumi up)", () =>
      stack.up({ [key]: generation }),
    );
    await timeline.step("give the superusers new passwords", () =>
      inAll(systems, async (system) => {
        // The operator makes another one, and applies it.
        if (!stack.hasExisting(system))
          await madeAnew(kubectl, stack.namespace(system), superuserSecret(live[system]!));
      }),
    );
    const refused = await timeline.step("every password of before is refused", () =>
      inAll(systems, (system) => leaked(system).refused(names[system]!)),
    );
    const ended = await timeline.step("end the sessions that began with one", () =>
      inAll(systems, async (system) => {
        const made = database(system);
        const last = Math.max(0, ...Object.values(refused[system]!));
        return made instanceof ClusterDatabase && last > 0 ? endSessions(made, last) : 0;
      }),
    );
    const recovered = await timeline.step("every pod was started with the new ones", async () => {
      await inAll(systems, (system) => expectRestarted(kubectl, stack.namespace(system), String(generation)));
      return Date.now();
    });
    const written = await timeline.step("read what was acknowledged", () => endAll(writers));
    const rows = await timeline.step("count the rows that are there", () =>
      inAll(systems, (system) => database(system).rows()),
    );
    await timeline.step("remove what the drill has written, and the old passwords", () =>
      inAll(systems, async (system) => {
        await leaked(system).remove();
        await database(system).dropTable();
      }),
    );
    await timeline.step("go on with the configuration's passwords, which are new once more (pulumi up)", () =>
      stack.up(),
    );
    return {
      disaster,
      systems: systems.map((system, index) => ({
        system,
        recovered,
        // Every acknowledged row counts, also those after the disaster.
        ...measured(written[index]!, rows[system]!, written[index]!.at(-1)!.at),
        restoredFrom: { kind: "new passwords; nothing was restored", name: `${names[system]!.length} logins` },
        verified: [
          `Each of ${names[system]!.length} logins was accepted with the password of before, and is refused now${after(refused[system]!, disaster)}.`,
          `${ended[system]} sessions that had begun with one were ended.`,
          "Each Deployment and StatefulSet has the pods of the new generation.",
          "The acknowledged rows were looked for by their ids.",
        ],
      })),
      notes: notesOf(stack, drill),
    };
  },
};

function makesPasswords(stack: StackSettings, system: string): boolean {
  const redis = stack.configured<{ readonly engine?: string }>(`${system}:redis`);
  return (
    !stack.hasExisting(system) ||
    redis?.engine === "kubernetes" ||
    String(stack.configured(`${system}:generateSecrets`) ?? false) === "true"
  );
}

/** Says when the first and the last one was refused, in seconds after the disaster. */
function after(refused: Readonly<Record<string, number>>, disaster: number): string {
  const times = Object.values(refused).map((at) => (at - disaster) / 1000);
  return times.length === 0 ? "" : `, the last one after ${Math.max(...times).toFixed(1)} s`;
}

function notesOf(stack: StackSettings, { timeline }: Drill): string[] {
  const others = stack.secretKeys;
  return [
    "The passwords were changed twice: by the drill, and by the up with the configuration of before, which makes new ones again.",
    "Generated secrets of the applications have new values. Only the applications can refuse the old ones, which was not tried.",
    ...(others.length > 0
      ? [
          `These are not Runsheet's to make, and were not rotated: ${others.join(", ")}. Get new ones from their issuers, then pulumi config set --secret.`,
        ]
      : []),
    `The drill took ${timeline.now.toFixed(0)} s. The passwords of databases that were given up have new values, too, which they get when they are started.`,
  ];
}
