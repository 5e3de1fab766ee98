/**
 * Rehearses disasters and measures the recovery.
 *
 *   npm run drill -- SCENARIO [--system SYSTEM] [--stack STACK] [--at TIME] [--continue] [--yes]
 *   npm run drill -- restore-elsewhere --from STACK [--continue | --clean-up] [--yes]
 *   npm run drill -- history [--stack STACK] [--from DIRECTORY]... [--format FORMAT] [--output FILE]
 *   npm run drill -- region [--stack STACK]
 *   npm run drill -- due [--stack STACK] [--from DIRECTORY]...
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline/promises";
import { environment } from "../lab/pulumi";
import { lab } from "../lab/target";
import { expectSamePlace, placeOf, question, type Place } from "./consent";
import { help, readArguments } from "./arguments";
import { directoryOf } from "./directory";
import { cleanUp } from "./elsewhere/clean-up";
import { cleanUpCommand } from "./elsewhere/stack";
import { due, history } from "./history";
import { help as historyHelp, readHistoryArguments } from "./history/arguments";
import { interruption } from "./interruption";
import { Kubectl } from "./kubectl";
import { takeLock } from "./lock";
import { Misuse } from "../command-line";
import { readProgress, removeProgress, saveProgress } from "./progress-file";
import { region } from "./region";
import { isMet, reportOf, type Report } from "./report";
import { reportText } from "./report-file";
import { markdown } from "./report-markdown";
import { runOf } from "./run";
import type { Scenario } from "./scenario";
import { DrilledStack } from "./stack";
import { projectDirectory } from "../engine/project";
import { expectSameDrill } from "./subject";
import { Timeline } from "./timeline";
import { timelinePicture } from "./picture";
import { warningsOf } from "./warnings";

const reports = join(projectDirectory, "reports");

async function confirm(scenario: Scenario, system: string, place: Place, warnings: readonly string[]): Promise<void> {
  if (!process.stdin.isTTY)
    throw new Misuse(`the stack ${place.stack} is not local, and there is no terminal to ask: set --yes`);
  const { text, yes } = question(place, scenario, system, warnings);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(text);
  terminal.close();
  if (answer !== yes) throw new Misuse("nothing was done");
}

/** Runs `history` or `due`, whose names come in the place of a scenario's. */
function look(command: "history" | "due", typed: readonly string[]): void {
  const args = readHistoryArguments(command, typed);
  if (!args) return console.log(historyHelp);
  const surroundings = {
    root: projectDirectory,
    print: (text: string) => process.stdout.write(text),
    note: (text: string) => process.stderr.write(`${text}\n`),
    now: new Date(),
  };
  if (command === "history") history(args, surroundings);
  else if (due({ ...args, stack: args.stack! }, surroundings)) process.exitCode = 1;
}

/** Runs `region`, which is on paper. */
function onPaper(typed: readonly string[]): void {
  const backend = process.env.PULUMI_BACKEND_URL;
  const surroundings = { root: projectDirectory, backend, now: new Date(), print: console.log };
  if (region(typed, surroundings)) process.exitCode = 1;
}

async function main(): Promise<void> {
  const [command, ...typed] = process.argv.slice(2);
  if (command === "history" || command === "due") return look(command, typed);
  if (command === "region") return onPaper(typed);
  const args = readArguments(process.argv.slice(2));
  if (!args) return console.log(help());
  const { scenario, system, goesOn } = args;
  // The lab has its own Pulumi and kubectl.
  if (args.stack === lab.stack) Object.assign(process.env, await environment(lab));
  process.on("exit", takeLock(join(reports, `${args.stack}.lock`), args.stack));
  const print = (text: string) => process.stdout.write(text);
  if (args.cleanUp) return cleanUp(args.stack, reports, print);
  const directory = directoryOf(reports, { scenario: scenario.name, system, stack: args.stack }, goesOn);
  const progress = goesOn ? readProgress(directory) : undefined;
  const stack = await DrilledStack.select(args.stack, directory);
  const objectives = stack.objectives(scenario);
  const context = stack.configured<string>("runsheet:context")!;
  const kubectl = new Kubectl(context);
  const placeNow = async () => placeOf(args.stack, context, kubectl, await stack.state());
  const place = await placeNow();
  const subject = { ...place, scenario: scenario.name, system, configuration: stack.configurationHash };
  if (progress) expectSameDrill(relative(projectDirectory, directory), progress, subject, Date.now());
  refuseUnsuitable(stack, scenario, system);
  const unfit = await scenario.unfitCluster?.({ kubectl, stack }, system, { at: args.at });
  // A cluster that has lost nodes in an interrupted drill may have too few.
  if (unfit !== undefined && !goesOn) throw new Misuse(unfit);
  if (args.stack !== lab.stack && !args.yes)
    await confirm(scenario, system, place, await warningsOf(scenario, system, stack, { at: args.at, progress }));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const run = await runOf(projectDirectory, process.env, new Date());
  const interrupted = interruption();
  const timeline = new Timeline({ progress, subject, run, interrupted, save: (now) => saveProgress(directory, now) });
  console.log(`${scenario.name} on ${system} of the stack ${args.stack}`);
  try {
    if (!scenario.inCopy)
      await timeline.step("make sure that nothing else is pending (pulumi preview)", () =>
        stack.expectNothingPending(),
      );
    const at = await timeline.step("note what is wanted", () => Promise.resolve(args.at ?? null));
    const samePlace = async () => expectSamePlace(place, await placeNow());
    const drill = { stack, kubectl, timeline, directory, at: at ?? undefined, expectSamePlace: samePlace };
    const outcome = await scenario.run(drill, system);
    finish(reportOf(scenario, args.stack, timeline, outcome, objectives), directory);
  } catch (error) {
    timeline.fail("look at what was found", error);
    if (timeline.steps.every((step) => step.error !== undefined)) {
      // No step has succeeded, so there is nothing to continue.
      removeProgress(directory);
      throw error;
    }
    const wayOut = wayOutOf(scenario, system, args.stack);
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${wayOut}`, { cause: error });
  }
}

/** Says how a drill that has failed goes on, or is ended. */
function wayOutOf({ name, systems, inCopy }: Scenario, system: string, stack: string): string {
  const of = systems === "stack" ? "" : ` --system ${system}`;
  const goOn = `Remove the cause and continue: npm run drill -- ${name}${of} --stack ${stack} --continue`;
  return inCopy
    ? `${goOn}\nElse remove the copy: ${cleanUpCommand(stack)}`
    : `${goOn}\nElse "An interrupted drill" in docs/drills.md says how to end it.`;
}

function refuseUnsuitable(stack: DrilledStack, scenario: Scenario, system: string): void {
  const why = scenario.unsuitable?.(stack, system);
  if (why !== undefined) throw new Misuse(why);
  if (scenario.inCopy) return;
  // A finished restore may stay in the configuration, but not while a drill replaces the restored database.
  const configured = stack.systems.filter(
    (each) => (system === "stack" || each === system) && stack.configured(`${each}:restore`) !== undefined,
  );
  if (configured.length > 0)
    throw new Misuse(`remove ${configured.map((each) => `${each}:restore`).join(", ")} from the configuration first`);
}

function finish(report: Report, directory: string): void {
  const text = markdown(report, "timeline.svg");
  writeFileSync(join(directory, "timeline.svg"), timelinePicture(report));
  writeFileSync(join(directory, "report.md"), text);
  writeFileSync(join(directory, "report.json"), reportText(report));
  console.log(`\n${text}\nThe report: ${join(directory, "report.md")}`);
  if (!isMet(report)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof Misuse) console.error("See npm run drill -- --help");
  // The step that was interrupted may still be at work.
  process.exit(2);
});
