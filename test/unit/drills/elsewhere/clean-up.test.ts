/** Removal of a copy without another drill. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanUp } from "../../../../drills/elsewhere/clean-up";
import { Copy } from "../../../../drills/elsewhere/stack";
import { Kubectl } from "../../../../drills/kubectl";
import { StackSettings } from "../../../../drills/stack-settings";

const destroy = jest.spyOn(Copy.prototype, "destroy").mockResolvedValue(undefined);
jest.spyOn(StackSettings, "read").mockReturnValue(
  new StackSettings("production", {
    config: {
      "runsheet:systems": ["prism"],
      "runsheet:context": "prod",
      "prism:postgres": { engine: "cloudnativepg" },
    },
  }),
);
const there = jest.spyOn(Kubectl.prototype, "run");

let reports: string;
let directory: string;
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), "runsheet-reports-"));
  directory = join(reports, "production-stack-restore-elsewhere-20261201T100000Z");
  mkdirSync(directory);
  for (const file of ["progress.json", "progress.sealed"]) writeFileSync(join(directory, file), "");
});
afterEach(() => rmSync(reports, { recursive: true }));
const sealed = () => existsSync(join(directory, "progress.sealed"));

test("the copy is destroyed with its lock, and its drill is not continued", async () => {
  there.mockResolvedValue("");
  const said: string[] = [];
  await cleanUp("production", reports, (text) => said.push(text));
  expect(destroy).toHaveBeenCalledWith({ unlock: true });
  expect(said).toEqual(["Nothing of the copy of production is left.\n"]);
  expect([sealed(), existsSync(join(directory, "progress.json"))]).toEqual([false, true]);
});

test("a namespace that its state does not know is named, and left", async () => {
  there.mockResolvedValue("namespace/drill-prism");
  await expect(cleanUp("production", reports, () => undefined)).rejects.toThrow(
    "the namespace drill-prism is there, and not in the state of the copy: if a drill that was killed has made it, kubectl delete namespace drill-prism",
  );
  expect(sealed()).toBe(true);
});
