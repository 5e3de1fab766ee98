/** Drift in each format. The golden files have the whole of it. */
import { driftedObjects } from "../../../drift/objects";
import { findingsOf, type Drift, type Finding } from "../../../drift/finding";
import { markdown, marker } from "../../../drift/markdown";
import { metrics } from "../../../drift/prometheus";
import { text } from "../../../drift/text";
import { change, owner, provider } from "./changes";
import { report } from "./report";

const none: Drift = { ...report, result: "none", systems: [], others: [], errors: [] };
const drift: Drift = { ...report, result: "drift", errors: [] };
const json = (of: Drift) => JSON.stringify(of, undefined, 2);

test("no drift is one line", () => {
  expect(text(none)).toBe("The stack staging has no drift.\n");
  expect(markdown(none)).toBe("<!-- runsheet-drift: staging -->\n### The stack staging has no drift.\n");
});

test("drift begins with its numbers, a search that failed with that it did", () => {
  const counts = "3 changed, 1 deleted, 1 not declared, 1 failed";
  expect(text(drift).split("\n")[0]).toBe(`Drift of the stack staging: ${counts}.`);
  expect(text(report).split("\n")[0]).toBe(`Not all of the stack staging could be searched for drift; ${counts}.`);
  expect(text({ ...none, result: "failed", errors: ["no answer"] })).toBe(
    "Not all of the stack staging could be searched for drift; none was found.\n\nErrors\n  no answer\n",
  );
});

test("a busy stack was not compared: the reason, what to do, and no metric", () => {
  const busy: Drift = { ...none, result: "busy", errors: ["an update has been in progress since then", "Wait_1."] };
  const first = "Nothing of the stack staging was compared: an update has been in progress since then.";
  expect(text(busy)).toBe(`${first}\n\nWait_1.\n`);
  expect(markdown(busy)).toBe(`<!-- runsheet-drift: staging -->\n### ${first}\n\nWait\\_1.\n`);
  expect(metrics(busy)).toBe("");
});

test("the lab's way out is its shell", () => {
  expect(text(drift)).toContain("To do it: pulumi up --refresh --stack staging.");
  expect(text({ ...drift, stack: "local" })).toContain(
    "To do it: npm run lab:shell -- pulumi up --refresh --stack local.",
  );
});

test("a marker cannot be ended by a stack's name", () => expect(marker("a--b")).toBe("<!-- runsheet-drift: a- -b -->"));

describe("Markdown that is too long for an issue", () => {
  const failed: Finding = {
    ...{ what: "failed", kind: "check", name: "a/b", fields: [], by: [], up: "up checks it again" },
    message: `${"````\n"}${"a line\n".repeat(20_000)}`,
  };
  const end = "\n\nThe rest is left out: it is too long for an issue. The job's log has all of it.\n";

  test("ends with a whole line, closes its fence and says so", () => {
    const body = markdown({ ...none, result: "drift", others: [failed] });
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.length).toBeGreaterThan(65_000);
    expect(body.endsWith(`a line\n\`\`\`\`\`${end}`)).toBe(true);
  });

  test("keeps the rows of its table whole", () => {
    const many = Array.from({ length: 2_000 }, () => ({ ...failed, message: undefined }));
    const body = markdown({ ...none, result: "drift", others: many });
    expect(body.endsWith(`| up checks it again |${end}`)).toBe(true);
  });
});

describe("metrics", () => {
  const labels = [
    '{namespace="prism",system="prism",stack="staging"}',
    '{namespace="school",system="mued",stack="staging"}',
    '{stack="staging"}',
  ];
  const family = (name: string, meaning: string, values: readonly number[]) =>
    `# HELP ${name} ${meaning}\n# TYPE ${name} gauge\n${values.map((value, index) => `${name}${labels[index]} ${value}\n`).join("")}`;
  const written = (values: readonly number[]) =>
    family("runsheet_drift_changes", "Number of changes that the last search for drift found.", values) +
    family(
      "runsheet_drift_last_search_timestamp_seconds",
      "Unix time of the last search for drift that saw everything.",
      [1_796_119_200, 1_796_119_200, 1_796_119_200],
    );

  test("count the findings of each system and of none, with the time", () =>
    expect(metrics(drift, 1_796_119_200)).toBe(written([5, 0, 1])));

  test("are 0 without drift", () => expect(metrics(none, 1_796_119_200)).toBe(written([0, 0, 0])));

  test("are absent when the search failed: it is neither drift nor none", () => expect(metrics(report)).toBe(""));
});

test("no secret is in any format, wherever somebody has put it", () => {
  const word = "s3cr3t-of-the-test";
  const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: word };
  const env = (value: unknown) => ({
    spec: { containers: [{ name: "main", env: [{ name: "A", value }], args: ["a"] }] },
  });
  const at = (fields: object) =>
    owner("kubectl-edit", { "f:spec": { "f:containers": { 'k:{"name":"main"}': fields } } } as never);
  const envOf = { "f:env": { 'k:{"name":"A"}': { ".": {}, "f:name": {}, "f:value": {} } } };
  const configMap = "kubernetes:core/v1:ConfigMap";
  const secret = "kubernetes:core/v1:Secret";
  const resources = [
    change({ type: secret, paths: ["data", "data.a"], from: { data: { a: mark } }, to: { data: { a: word } } }),
    change({ type: secret, paths: ["stringData.a"], to: { stringData: { a: word } } }),
    change({
      type: secret,
      owners: [provider({}), owner("kubectl-edit", { "f:data": { "f:b": {} } })],
      to: { data: { b: word } },
    }),
    change({ paths: ["spec.containers[0].env[0].value"], from: env("plain"), to: env(word) }),
    change({ owners: [provider({}), at(envOf)], to: env(word) }),
    change({ type: configMap, paths: ["data.a"], from: { data: { a: mark } }, to: { data: { a: word } } }),
    change({ type: configMap, paths: ["data.a"], from: { data: mark }, to: { data: { a: word } } }),
    change({ type: configMap, paths: ["data.url"], to: { data: { url: `postgres://user:${word}@host/db` } } }),
    change({ type: configMap, paths: ["data.DB_PASSWORD"], to: { data: { DB_PASSWORD: word } } }),
    change({
      type: "postgresql:index/role:Role",
      paths: ["password"],
      from: { password: mark },
      to: { password: word },
    }),
  ];
  const findings = driftedObjects(resources);
  expect(findings).toHaveLength(resources.length);
  const found: Drift = { ...none, result: "drift", others: findings };
  expect(findingsOf(found)).toEqual(findings);
  for (const format of [text, markdown, (of: Drift) => metrics(of), json]) expect(format(found)).not.toContain(word);
});
