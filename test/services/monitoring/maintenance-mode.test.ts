/** The maintenance mode in Redis, as redis_exporter tells it with Runsheet's script. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { maintenanceScript } from "../../../components/monitoring/maintenance-mode";
import { unpacked } from "../../../lab/packages";
import { freePort } from "../../support/free-port";
import { ThrowAwayRedis } from "../redis";
import { ServerProcess, temporaryDirectory } from "../server-process";

const keys = ["maintenance_mode", 'pm:"quoted"\\mode'];

let redis: ThrowAwayRedis;
let exporter: ServerProcess;
let directory: string;
let url: string;
beforeAll(async () => {
  redis = await ThrowAwayRedis.start();
  directory = await temporaryDirectory("redis-exporter");
  const [[name, script]] = Object.entries(maintenanceScript(keys)) as [[string, string]];
  const file = join(directory, name);
  await writeFile(file, script);
  const [packages, port] = await Promise.all([unpacked(["prometheus-redis-exporter"]), freePort()]);
  url = `http://127.0.0.1:${port}/metrics`;
  exporter = await ServerProcess.start(
    "redis_exporter",
    [
      "setpriv",
      ...["--pdeathsig", "TERM", join(packages, "usr", "bin", "prometheus-redis-exporter")],
      ...[`--redis.addr=${redis.url}`, `--web.listen-address=127.0.0.1:${port}`, `--script=${file}`],
    ],
    "Providing metrics",
  );
});
afterAll(async () => {
  await exporter?.stop("SIGTERM");
  await redis?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Values of the keys, in order. */
async function values(): Promise<(string | undefined)[]> {
  const text = await (await fetch(url)).text();
  return keys.map((key) => {
    const label = `key=${JSON.stringify(`maintenance:${key}`)}`;
    const line = text.split("\n").find((each) => each.startsWith("redis_script_values{") && each.includes(label));
    return line?.split(" ").at(-1);
  });
}

test("each key is 1 while it is there, whatever its value, and else 0", async () => {
  expect(await values()).toEqual(["0", "0"]);
  await redis.client.set(keys[0]!, "true");
  expect(await values()).toEqual(["1", "0"]);
  await redis.client.set(keys[1]!, "0");
  await redis.client.del(keys[0]!);
  expect(await values()).toEqual(["0", "1"]);
});
