/** Report of a scratch database: its container has no token of the API server, so it must not look for one. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, ..."../../../../..".split("/"));

test("the report asks nothing of the API server", () => {
  const program = ["--require", "./register.cjs", "components/backups/in-pod/scratch.ts", "report"];
  const env = { PATH: process.env.PATH, CLUSTER: JSON.stringify({ metadata: { name: "demo" } }), SECONDS: "60" };
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd: root, env, encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: "the scratch database was restored, verified and deleted\n",
    stderr: "",
  });
});
