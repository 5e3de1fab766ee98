/** The key `runsheet:backups`, its secrets, and the key `restore` of a system. */
import * as pulumi from "@pulumi/pulumi";
import { storeKeysOf } from "../../../components/system/backups";
import type { Configuration } from "../../../stack/config";
import { collectResources } from "../../support/mocks";
import { prismOf, problem, read } from "../../support/read-stack";

beforeEach(() => void collectResources());

const resolved = <T>(input: pulumi.Input<T>) =>
  new Promise<unknown>((resolve) => pulumi.output(input).apply((value) => resolve(value)));

describe("backups", () => {
  const keys = ["runsheet:backupsAccessKeyId", "runsheet:backupsSecretAccessKey"] as const;
  const given = Object.fromEntries(keys.map((key) => [key, "generated"]));
  const backups = (settings: object) => ({ "runsheet:backups": JSON.stringify({ bucket: "backups", ...settings }) });
  const endpoint = "https://s3.example.com";

  test("there are none unless the stack says where to", () => expect(read({}).backups).toBeUndefined());

  test("as the runbook wants them, under the stack's name", () =>
    expect(read({ ...backups({ endpoint }), ...given }, [...keys]).backups).toMatchObject({
      baseBackups: "0 */6 * * *",
      retentionDays: 30,
      restoreTest: "0 4 * * *",
      dumps: "0 1 * * *",
      keepDays: { daily: 30, weekly: 90, monthly: 365, "before-migration": null },
      store: { bucket: "backups", prefix: "test", endpoint, region: "us-east-1" },
    }));

  test("what is said of one tier leaves the others as they are", () => {
    const dumps = { keepDays: { daily: 7, beforeMigration: 3650 } };
    expect(read({ ...backups({ dumps }), ...given }, [...keys]).backups!.keepDays).toEqual({
      daily: 7,
      weekly: 90,
      monthly: 365,
      "before-migration": 3650,
    });
  });

  test("without an endpoint they are at AWS, in the region", () =>
    expect(read({ ...backups({ region: "eu-west-1" }), ...given }, [...keys]).backups!.store.endpoint).toBe(
      "https://s3.eu-west-1.amazonaws.com",
    ));

  test("what deletes may have keys of its own, both or none", () => {
    const deleting = ["runsheet:backupsRetentionAccessKeyId", "runsheet:backupsRetentionSecretAccessKey"] as const;
    const keysOf = (stack: Configuration) => storeKeysOf("prism", {}, stack.backups!.keys);
    expect(keysOf(read({ ...backups({}), ...given }, [...keys])).retention).toBeUndefined();
    const one = { ...backups({}), ...given, [deleting[0]]: "generated" };
    expect(() => read(one, [...keys, deleting[0]])).toThrow(
      problem(
        `${deleting[1]} is missing: Secret access key of \`backupsRetentionAccessKeyId\`, and required with it; set it with: pulumi config set --secret ${deleting[1]}`,
      ),
    );
    const both = read({ ...one, [deleting[1]]: "generated" }, [...keys, ...deleting]);
    expect(Object.keys(keysOf(both).retention!)).toEqual(["accessKeyId", "secretAccessKey"]);
  });

  describe("keys of a system", () => {
    const own = keys.map((key) => key.replace("runsheet", "prism"));
    const ofPrism = Object.fromEntries(own.map((key) => [key, "own"]));
    const deleting = ["runsheet:backupsRetentionAccessKeyId", "runsheet:backupsRetentionSecretAccessKey"];
    const all = { ...given, ...Object.fromEntries(deleting.map((key) => [key, "generated"])), ...ofPrism };

    test("take the place of the stack's, those that delete among them", async () => {
      const stack = read({ ...backups({}), ...all }, Object.keys(all));
      const { backup, retention } = storeKeysOf("prism", prismOf(stack).secrets, stack.backups!.keys);
      expect(await resolved(backup.accessKeyId)).toBe("own");
      expect(retention).toBeUndefined();
    });

    test("are enough where each system has them", () =>
      expect(read({ ...backups({}), ...ofPrism }, own).backups).toBeDefined());

    test("are set together", () =>
      expect(() => read({ ...backups({}), ...given, [own[0]!]: "own" }, [...keys, own[0]!])).toThrow(
        problem(
          "prism:backupsSecretAccessKey is missing: Secret access key of `backupsAccessKeyId`, and required with it; " +
            "set it with: pulumi config set --secret prism:backupsSecretAccessKey",
        ),
      ));
  });

  const restoring = (restore: object) => ({
    ...backups({}),
    ...given,
    "prism:restore": JSON.stringify(restore),
  });

  test.each([
    ["latest", "latest"],
    ["2026-11-27T09:30:00Z", { time: "2026-11-27T09:30:00Z" }],
    ["2026-11-27T10:30:00.5+01:00", { time: "2026-11-27T10:30:00.5+01:00" }],
    // Pulumi's format of a time that is not quoted in YAML.
    ["2026-11-27 09:30:00.123456 +0000 UTC", { time: "2026-11-27T09:30:00.123456Z" }],
    ["2026-11-27 10:30:00 +0100 +0100", { time: "2026-11-27T10:30:00+01:00" }],
    ["0/3a000028", { lsn: "0/3A000028" }],
    ["daily/20261127T010000Z", { dump: "daily/20261127T010000Z" }],
  ])("a database can be brought back to %s", (from, point) =>
    expect(prismOf(read(restoring({ from }), [...keys])).settings.restore).toEqual({
      from: point,
      deadlineSeconds: 3600,
    }),
  );

  test.each(["yesterday", "2026-11-27", "2026-13-27T09:30:00Z", "2026-11-27T09:30:00", "hourly/x", ""])(
    "but not to %j",
    (from) =>
      expect(() => read(restoring({ from }), [...keys])).toThrow(
        problem(
          `prism:restore.from is "${from}"; it must be latest, a time such as 2026-11-27T09:30:00Z, an LSN such as 0/3000028, or a dump such as daily/20261127T010000Z`,
        ),
      ),
  );

  test("a restore needs to know where the backups are", () =>
    expect(() => read({ "prism:restore": '{"from":"latest"}' })).toThrow(
      problem("prism:restore needs runsheet:backups; set it to where the backups are"),
    ));

  test("one key alone is none", () => {
    const missing = (key: string, what: string) =>
      `runsheet:${key} is missing: ${what}; set it with: pulumi config set --secret runsheet:${key}`;
    const [id, secret] = [
      missing("backupsAccessKeyId", "Access key ID for the bucket"),
      missing("backupsSecretAccessKey", "Secret access key of `backupsAccessKeyId`, and required with it"),
    ];
    expect(() => read({ ...backups({}), [keys[0]]: "generated" }, [keys[0]])).toThrow(problem(secret));
    const both = [id, secret].map((line) => `  - ${line}`);
    expect(() => read(backups({ endpoint }))).toThrow(
      `the configuration of stack test has 2 problems; nothing was changed:\n${both.join("\n")}`,
    );
  });
});
