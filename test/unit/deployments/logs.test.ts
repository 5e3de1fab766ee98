/** Logs of the tasks that run, by a kubectl that stands in for the cluster's. */
import { Kubectl } from "../../../drills/kubectl";
import { logsOf } from "../../../deployments/logs";

class StandIn extends Kubectl {
  override run(...args: string[]): Promise<string> {
    if (!args.includes("job/pending")) return Promise.resolve(args.join(" "));
    return Promise.reject(new Error('kubectl logs: container "main" is waiting to start\nand more'));
  }
}

const task = (job: string) => ({ system: "shop", step: "migrate", name: "shop-migrate", namespace: "shop", job });
const read = (...jobs: string[]) => logsOf(new StandIn("production"), jobs.map(task));

test("the newest lines of each task's containers are read, within five seconds", async () =>
  expect(await read("one", "two")).toEqual(
    new Map([
      ["one", "logs -n shop job/one --all-containers --tail=60 --request-timeout=5s"],
      ["two", "logs -n shop job/two --all-containers --tail=60 --request-timeout=5s"],
    ]),
  ));

test("a task that has no log yet says why", async () =>
  expect((await read("pending")).get("pending")).toBe(
    '(no log yet: kubectl logs: container "main" is waiting to start)',
  ));
