/** The monitoring that docs/lab.md shows is the one that the tests of the lab use. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { labMonitoring, smallOmniops } from "../../support/monitoring/settings";

test("the configuration in docs/lab.md is the tests'", () => {
  const text = readFileSync(join(__dirname, "..", "..", "..", "docs", "lab.md"), "utf8");
  const [, yaml] = /## Monitoring in the lab\n.*?```yaml\n(.*?)```/s.exec(text)!;
  expect(parse(yaml!)).toEqual({ "runsheet:monitoring": labMonitoring, ...smallOmniops });
});
