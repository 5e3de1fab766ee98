/**
 * A release of PM Intelligence. Its floor is what changes a variable of its two Deployments, one after the other, and waits
 * for them. What the checks, the dump and the notifications themselves take is apart: it is what the runbook asks for.
 */
import { timed, type Compared } from "./compared";
import { ProjectCopy } from "./copy";
import { up } from "./course";
import { kubectl } from "./execute";

const system = "pm";
const deployments = ["pm-backend", "pm-frontend"];

/** Makes the copy that releases, and removes it after the work. The last release stays until the next `npm run up`. */
export async function withRelease(work: (compared: Compared) => Promise<boolean>): Promise<boolean> {
  const copy = new ProjectCopy();
  const release = copy.configured(`${system}:release`) as string;
  let round = 0;
  try {
    return await work({
      ...{ name: `a release of ${system}`, floorName: "kubectl set env and rollout status", limit: 2 },
      work() {
        copy.configure({ [`${system}:release`]: `${release}-bench.${Date.now()}.${++round}` });
        return up(copy);
      },
      floor: () => timed(rollOut),
    });
  } finally {
    copy.remove();
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
