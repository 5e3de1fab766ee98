import { status } from "../cluster";
import { run } from "../command";
import { environment } from "../pulumi";
import { lab } from "../target";

/** What runs, and how to reach it. */
export async function showStatus(): Promise<void> {
  const lines = await status();
  if (!lines.running) return console.log("The lab does not run. Start it: npm run up");
  console.log(
    `The lab runs since ${lines.since?.toLocaleString() ?? "?"}: ${lines.healthy ? "healthy" : `NOT healthy, ${lines.problem}`}`,
  );
  console.log(`  API server   ${lines.apiServer}, node ${lines.node}`);
  console.log(`  kubeconfig   ${lines.kubeconfig}`);
  console.log(`  logs         ${lines.logs}`);
  for (const { name, pid, restarts } of lines.components) {
    console.log(
      `  ${name.padEnd(24)} ${pid ? `process ${pid}` : "ended"}${restarts ? `, restarted ${restarts} times` : ""}`,
    );
  }
  console.log(`\nThe stack ${lab.stack}`);
  const env = await environment(lab);
  const outputs = await run("pulumi", ["stack", "output", "--stack", lab.stack, "--json"], { env }).catch(() => "{}");
  console.log(outputs.trim() === "{}" ? "  not brought up yet: npm run up" : outputs.trim());
  console.log(
    "\nPods and services can be reached from this machine by their addresses: npm run lab:shell -- kubectl get pods,services -A -o wide",
  );
}
