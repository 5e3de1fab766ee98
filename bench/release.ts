/**
 * A release of PM Intelligence. Its floor is what changes a variable of its two Deployments, one after the other, and waits
 * for them. What the checks, the dump and the notifications themselves take is apart: it is what the runbook asks for.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { projectDirectory } from "../engine/project";
import { openStack } from "../engine/stack";
import { seconds, type Compared } from "./compared";
import { kubectl } from "./execute";

const system = "pm";
const deployments = ["pm-backend", "pm-frontend"];
const file = join(projectDirectory, "Pulumi.local.yaml");

/** Releases, and puts the configuration back after the work: the last release stays until the next `npm run up`. */
export async function withRelease(work: (compared: Compared) => Promise<boolean>): Promise<boolean> {
  const before = readFileSync(file, "utf8");
  const release = (parse(before) as { config: Record<string, string> }).config[`${system}:release`]!;
  let round = 0;
  let apart = 0;
  try {
    return await work({
      ...{ name: `a release of ${system}`, floorName: "kubectl set env and rollout status", limit: 2 },
      async work() {
        const stack = await openStack("local");
        await stack.setConfig(`${system}:release`, { value: `${release}-bench.${++round}` });
        const jobs = new Set<string>();
        const took = await seconds(() => stack.up({ onEvent: (event) => noteJob(event, jobs) }));
        apart = [...jobs].map(ranFor).reduce((sum, each) => sum + each, 0);
        return took;
      },
      apart: () => apart,
      floor: () => seconds(rollOut),
    });
  } finally {
    writeFileSync(file, before);
    // The floor's variable is an edit by hand, which the next up takes back.
    for (const each of deployments) kubectl("set", "env", "-n", system, `deployment/${each}`, "BENCH-");
  }
}

function rollOut(): void {
  for (const each of deployments) {
    kubectl("set", "env", "-n", system, `deployment/${each}`, `BENCH=${Date.now()}`);
    kubectl("rollout", "status", "-n", system, `deployment/${each}`, "--timeout=300s");
  }
}

/** Notes the Jobs that an `up` has made. */
function noteJob({ resOutputsEvent }: EngineEvent, jobs: Set<string>): void {
  const { op, type, new: made } = resOutputsEvent?.metadata ?? {};
  if (type !== "kubernetes:batch/v1:Job" || !["create", "create-replacement"].includes(op ?? "")) return;
  jobs.add((made!.outputs.metadata as { name: string }).name);
}

/** Seconds for which the containers of a Job ran. */
function ranFor(job: string): number {
  const template =
    "{range .items[*].status.containerStatuses[*]}{.state.terminated.startedAt} {.state.terminated.finishedAt}{end}";
  const times = kubectl("get", "pods", "-n", system, "-l", `job-name=${job}`, "-o", `jsonpath=${template}`);
  const [started, finished] = times.split(" ").map((time) => Date.parse(time));
  return started && finished ? (finished - started) / 1000 : 0;
}
