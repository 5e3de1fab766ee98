import { status } from "../cluster";
import { run } from "../command";
import { environment, type Environment } from "../pulumi";
import { lab } from "../target";

/** Prints the state of the lab and of its stack, and how to reach both. */
export async function showStatus(): Promise<void> {
  const cluster = await status();
  if (!cluster.running) return console.log("The lab does not run. Start it: npm run up");
  const health = cluster.healthy ? "healthy" : `NOT healthy, ${cluster.problem}`;
  console.log(`The lab runs since ${cluster.since?.toISOString() ?? "?"}: ${health}`);
  console.log(`  API server     ${cluster.apiServer}, node ${cluster.node}`);
  console.log(`  kubeconfig     ${cluster.kubeconfig}`);
  console.log(`  logs           ${cluster.logs}`);
  console.log(`  notifications  ${cluster.notifications}`);
  for (const { name, pid, restarts } of cluster.components) {
    const often = restarts ? `, restarted ${restarts} times` : "";
    console.log(`  ${name.padEnd(24)} ${pid ? `process ${pid}` : "ended"}${often}`);
  }
  await showStack(await environment(lab));
}

async function showStack(env: Environment): Promise<void> {
  const json = await run("pulumi", ["stack", "output", "--stack", lab.stack, "--json"], { env }).catch(() => "{}");
  // Outputs without a release belong to the stack itself: its location and that of its backups.
  const outputs = Object.entries(JSON.parse(json) as Record<string, { release?: string; url?: string }>);
  const systems = outputs.filter(([, { release }]) => release !== undefined);
  console.log(`\nThe stack ${lab.stack}${systems.length === 0 ? ": not brought up yet, npm run up" : ""}`);
  for (const [name, { release, url }] of systems) console.log(`  ${name} ${release}, inside the cluster ${url}`);
  if (systems.length === 0) return;
  console.log("\nServices, which this machine reaches by their addresses");
  const columns =
    "custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,ADDRESS:.spec.clusterIP,PORTS:.spec.ports[*].port";
  console.log((await run("kubectl", ["get", "services", "--all-namespaces", "-o", columns], { env })).trimEnd());
}
