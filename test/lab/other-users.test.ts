/** Limits of other users of the machine: they reach no object, and no file of a volume or a dump. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { nodeAddress, objectStorePort, objectStoreUrl } from "../../lab/cluster/addresses";
import { state } from "../../lab/paths";

/** Runs a script as `nobody`. Its error has what the shell printed. */
const asNobody = (script: string) =>
  promisify(execFile)("setpriv", [...["--reuid=65534", "--regid=65534", "--clear-groups"], ...["bash", "-c", script]]);

test("root reaches the object store, and another user does not", async () => {
  expect((await fetch(objectStoreUrl)).status).toBe(403);
  await expect(asNobody(`: < /dev/tcp/${nodeAddress}/${objectStorePort}`)).rejects.toThrow("Permission denied");
});

test("another user reads nothing that the lab keeps", async () => {
  await expect(asNobody(`ls ${state}`)).rejects.toThrow("Permission denied");
  await expect(asNobody(`ls ${state}/volumes`)).rejects.toThrow("Permission denied");
});
