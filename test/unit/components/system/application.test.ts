import { realApplication, standIn, type StandInArgs } from "../../../../components/system/application";

test("a system without a stand-in is an error that names the file and the way out", () => {
  const args = { system: "billing", directory: "lab/stand-in" } as StandInArgs;
  expect(() => standIn(args, {})).toThrow(
    "the system billing has no stand-in: there is no file lab/stand-in/main.billing.ts. Write it, or set billing:application to the images of the real application",
  );
});

const digest = `sha256:${"a".repeat(64)}`;

test.each([
  ["registry:5000/api", "registry:5000/api:5.0.0", "registry:5000/api:4.0.0"],
  ["registry:5000/api:v5.0.0", "registry:5000/api:v5.0.0", "registry:5000/api:v5.0.0"],
  [`registry:5000/api@${digest}`, `registry:5000/api@${digest}`, `registry:5000/api@${digest}`],
])("the release is the tag of %s only if it has none", (image, ofRelease, ofAnother) => {
  const program = { image, command: ["run"], probes: { ready: "/ready", live: "/live" } };
  const application = realApplication("5.0.0", { roles: { api: program }, scripts: { backfill: program } });
  expect(application.role("api").image).toBe(ofRelease);
  expect(application.script("backfill", "4.0.0").image).toBe(ofAnother);
});
