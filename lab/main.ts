/** The lab's commands. `npm run up`, `npm run lab:down`, ... lead here. */
import { down } from "./commands/down";
import { showLogs } from "./commands/logs";
import { shell } from "./commands/shell";
import { showStatus } from "./commands/status";
import { up } from "./commands/up";

const help = `Runsheet's lab: a Kubernetes of its own on this machine, and the stack "local" in it.

  npm run up                       set up what is missing, start the lab, bring the stack up
  npm run up -- --context NAME     bring the stack up in another cluster, by the name of its kubeconfig context: it shows what
                                   it would do and asks, unless --yes is added
  npm run up -- --reset            the same, after removing the lab that is there with all its data
  npm run up -- --plain            the same, printing what pulumi up prints in the place of the steps, as without a terminal
  npm run lab:status               what runs, and how to reach it
  npm run lab:logs -- SYSTEM       logs of a system, if the stack has monitoring; more: npm run lab:logs -- --help
  npm run lab:shell                a shell in which pulumi and kubectl work on the lab
  npm run lab:shell -- COMMAND     one command in that environment, for example: pulumi preview
  npm run lab:down                 end the lab and remove all of it but the cache
`;

const commands: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  up,
  down,
  status: showStatus,
  logs: showLogs,
  shell,
};

/** Commands that say themselves what --help shows. */
const explained = ["logs", "shell"];

async function main([name = "help", ...args]: string[]): Promise<void> {
  const command = commands[name];
  const wantsHelp = !explained.includes(name) && args.some((arg) => arg === "--help" || arg === "-h");
  if (command && !wantsHelp) return command(args);
  console.log(help);
  if (!command && !["help", "--help", "-h"].includes(name)) throw new Error(`there is no command "${name}"`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
