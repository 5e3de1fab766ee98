/** Updates that have not ended, by the lock of the backend of files and by the state. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { begunIn, lockIn } from "../../../engine/in-progress";

const home = mkdtempSync(join(tmpdir(), "runsheet-locks-"));
const locks = join(home, ".pulumi/locks/organization/runsheet/staging");
afterAll(() => rmSync(home, { recursive: true }));

const lock = (hour: number, pid: number) =>
  JSON.stringify({ pid, username: "root", hostname: "ci", timestamp: `2026-12-01T${hour}:00:00.5+01:00` });
const words = "an update has been in progress since 2026-12-01T09:00:00.500Z (root@ci, process 12)";

describe("a lock of the backend of files", () => {
  test("is none before there is any", () => expect(lockIn(`file://${home}`, "runsheet", "staging")).toBeUndefined());

  test("that is the oldest says since when, and who", () => {
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "b.json"), lock(11, 99));
    writeFileSync(join(locks, "a.json"), lock(10, 12));
    writeFileSync(join(locks, "a.json.attrs"), "no lock");
    const found = { since: "2026-12-01T09:00:00.500Z", words };
    expect(lockIn(`file://${home}`, "runsheet", "staging")).toEqual(found);
    expect(lockIn(`file://${home}?no_tmp_dir=true`, "runsheet", "organization/runsheet/staging")).toEqual(found);
  });

  test.each([
    ["another stack", `file://${home}`, "runsheet", "production"],
    ["another project", `file://${home}`, "bucket", "staging"],
    ["another backend", "s3://state", "runsheet", "staging"],
    ["Pulumi Cloud", "https://app.pulumi.com/team", "runsheet", "staging"],
    ["a backend without a URL", undefined, "runsheet", "staging"],
  ])("is none of %s", (_, url, project, stack) => expect(lockIn(url, project, stack)).toBeUndefined());
});

describe("the state", () => {
  const urn = (name: string) => `urn:pulumi:staging::runsheet::kubernetes:batch/v1:Job::${name}`;
  const begun = (type: string, made: readonly string[] = []) =>
    begunIn({
      version: 3,
      deployment: {
        manifest: { time: "2026-12-01T10:00:00Z" },
        resources: made.map((name) => ({ urn: urn(name) })),
        pending_operations: [{ type, resource: { urn: urn("prism-migrate") } }],
      },
    });
  const found = (type: string) => ({
    since: "2026-12-01T10:00:00Z",
    words: `an update has not ended, which wrote the state last at 2026-12-01T10:00:00Z (${type} prism-migrate)`,
  });

  test.each(["creating", "updating", "deleting"])("with an operation that is %s is an update's", (type) =>
    expect(begun(type)).toEqual(found(type)),
  );

  test("with a creation of long ago, which a later update made good, is nobody's", () =>
    expect(begun("creating", ["prism-migrate"])).toBeUndefined());

  test("with a change of what is there is an update's", () =>
    expect(begun("updating", ["prism-migrate"])).toEqual(found("updating")));

  test.each([{}, { manifest: {}, resources: [] }])("without operations is nobody's: %j", (deployment) =>
    expect(begunIn({ version: 3, deployment })).toBeUndefined(),
  );
});
