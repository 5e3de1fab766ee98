import { sqitchSource } from "../../components/migrations";
import { systems } from "../../systems";
import { databaseOf, loaded, measured, unlessRedisMade, type Scenario } from "../scenario";

/** Key in PRISM's Redis that makes its stand-in fail. */
const faults = "stand-in:prism:faults";
const fault = JSON.stringify([{ path: "/health", status: 500 }]);

const failing = "the service begins to answer with errors";

/** Deploys a release with a schema change whose checks fail, and reverts both. */
export const badRelease: Scenario = {
  name: "bad-release",
  title: "Rollback Procedures",
  description: "a release whose smoke test fails is reverted to the earlier release and schema (stand-in only)",
  rto: 3600,
  rpo: 0,
  systems: ["prism"],

  unsuitable(stack, system) {
    if (!stack.configured<{ standIn?: boolean }>(`${system}:application`)?.standIn)
      return `this drill needs the stand-in, but ${system}:application is a real one: set ${system}:application.standIn on a test stack`;
    if (stack.configured(`${system}:migrations`) !== undefined)
      return `this drill takes back a change that Runsheet ships, but ${system}:migrations names others: remove it on a test stack`;
    return unlessRedisMade(stack, system);
  },

  async run(drill, system) {
    const { stack, kubectl, timeline } = drill;
    const release = stack.configured<string>(`${system}:release`)!;
    const { changes } = sqitchSource(systems.find(({ name }) => name === system)!.migrations!);
    const schema = (target: string | undefined) => ({ [`${system}:schema`]: { target } });
    const before = schema(changes.at(-2)?.name);
    const redis = (...command: string[]) =>
      kubectl.run("exec", "-n", stack.namespace(system), `${system}-redis-0`, "--", "redis-cli", ...command);

    await timeline.step(`take the schema back to ${changes.at(-2)?.name} (pulumi up)`, () => stack.up(before));
    const live = await timeline.step("find the live database", () => stack.live(system));
    const database = databaseOf(drill, system, live);
    const writer = await loaded(drill, database);
    const wayBack = { undo: () => answersAgain(redis), undone: [failing] };
    const breaks = async () => {
      await redis("SET", faults, fault);
      return database.now();
    };
    const disaster = await timeline.step(failing, breaks, wayBack);
    const deploys = async () => {
      const output = await stack.upFails({ ...schema(undefined), [`${system}:release`]: `${release}-drill` });
      const failed = /FAILED .*/.exec(output)?.[0];
      if (!failed) throw new Error(`the smoke test did not fail, but something else did: ${output}`);
      return failed;
    };
    const deploying = "deploy a release and a change, whose smoke test fails (pulumi up)";
    const error = await timeline.step(deploying, deploys, wayBack);
    await timeline.step("take both back (pulumi up)", async () => {
      await redis("DEL", faults);
      await stack.up(before);
    });
    const { recovered, written, rows } = await timeline.step("count the rows that are there", async () => {
      const recovered = await database.now();
      const written = await writer.acknowledged();
      await writer.stop();
      return { recovered, written, rows: await database.rows() };
    });
    await timeline.step("remove what the drill has written", () => database.dropTable());
    await timeline.step("go forward again (pulumi up)", () => stack.up());
    return {
      disaster,
      // Rows that were written during the failed release count, too.
      systems: [
        {
          system,
          recovered,
          ...measured(written, rows, written.at(-1)!.at),
          restoredFrom: {
            kind: "earlier release and schema; no data was restored",
            name: `${release}, ${changes.at(-2)?.name}`,
          },
          verified: [
            "pulumi up succeeded with the earlier release and schema.",
            "The acknowledged rows were looked for by their ids.",
          ],
        },
      ],
      notes: [`The smoke test: ${error}`, "The RTO includes the time to deploy the bad release."],
    };
  },
};

/** Ends the errors after a failure, and resolves to what was done or has to be done about them. */
const answersAgain = (redis: (...command: string[]) => Promise<string>): Promise<string> =>
  redis("DEL", faults).then(
    () => "The service answers without errors again.",
    (failure: Error) => `The service answers with errors: redis-cli DEL ${faults} (${failure.message})`,
  );
