/** Values that only the user knows: marked in the stack's file, and refused until they are set. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration } from "../../../stack/config";
import { collectResources } from "../../support/mocks";

beforeEach(() => void collectResources());

const mark = (what: string, example: string) => `<${what}, such as ${example}>`;

const base: Record<string, unknown> = {
  "runsheet:context": "somewhere",
  "runsheet:systems": ["prism"],
  "prism:release": "5.0.0",
  "prism:application": { standIn: true },
  "prism:generateSecrets": "true",
  "prism:postgres": { engine: "existing" },
  "prism:databaseUrl": "postgresql://app:secret@db.example/prism",
  "prism:redis": { engine: "kubernetes" },
};

function read(changes: Record<string, unknown>) {
  const all = Object.entries({ ...base, ...changes }).filter(([, value]) => value !== undefined);
  const texts = all.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, ["prism:databaseUrl"]);
  return readConfiguration();
}

const one = (line: string) => `the configuration of stack test has a missing value; nothing was changed:\n  - ${line}`;

test.each<[string, Record<string, unknown>, string]>([
  [
    "a text",
    { "runsheet:context": mark("context of the kubeconfig", "prod-eu") },
    "runsheet:context is missing: context of the kubeconfig, such as prod-eu; set it with: pulumi config set runsheet:context VALUE",
  ],
  [
    "a text of which a form is asked",
    { "prism:publicUrl": mark("URL of the API", "https://api.example.com") },
    "prism:publicUrl is missing: URL of the API, such as https://api.example.com; set it with: pulumi config set prism:publicUrl VALUE",
  ],
  [
    "a member of an object",
    { "prism:ingress": { host: mark("host of the API", "api.example.com"), clusterIssuer: "letsencrypt" } },
    "prism:ingress.host is missing: host of the API, such as api.example.com; set it with: pulumi config set --path 'prism:ingress.host' VALUE",
  ],
  [
    "a member of a list in an object in an object",
    {
      "prism:backup": {
        command: { image: "cli:1", command: ["cli", "--project", mark("project, of the platform", "abc")] },
      },
    },
    "prism:backup.command.command[2] is missing: project, of the platform, such as abc; set it with: pulumi config set --path 'prism:backup.command.command[2]' VALUE",
  ],
  [
    "a member whose name is no word",
    { "prism:checks": { "the user's page": { url: mark("path of the page", "/page") } } },
    `prism:checks["the user's page"].url is missing: path of the page, such as /page; set it with: pulumi config set --path 'prism:checks["the user'\\''s page"].url' VALUE`,
  ],
  [
    "a file",
    { "prism:postgres": { engine: "existing", ca: mark("authority as PEM", "-----BEGIN CERTIFICATE----- ...") } },
    "prism:postgres.ca is missing: authority as PEM, such as -----BEGIN CERTIFICATE----- ...; set it with: pulumi config set --path 'prism:postgres.ca' < FILE",
  ],
])("a mark in the place of %s is refused with what it is and how to set it", (_, changes, line) =>
  expect(() => read(changes)).toThrow(expect.objectContaining({ message: one(line) }) as Error),
);

test("marks and missing secrets are one list, and other problems wait for the marks", () => {
  const changes = {
    "prism:databaseUrl": undefined,
    "prism:relase": "5.0.0",
    "prism:timeZone": "Nigeria",
    "prism:migrations": { sql: mark("directory of the migrations", "../prism/migrations") },
    "prism:redis": { engine: "external" },
  };
  const secrets = [
    "  - prism:databaseUrl is missing: URL of the database that the application gets, perhaps of a pooler: `postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full`; set it with: pulumi config set --secret prism:databaseUrl",
    "  - prism:redisUrl is missing: URL of the Redis; set it with: pulumi config set --secret prism:redisUrl",
  ];
  const valid = { ...changes, "prism:relase": undefined, "prism:timeZone": undefined };
  expect(() => read(valid)).toThrow(
    [
      "the configuration of stack test has 3 missing values; nothing was changed:",
      "  - prism:migrations.sql is missing: directory of the migrations, such as ../prism/migrations; set it with: pulumi config set --path 'prism:migrations.sql' VALUE",
      ...secrets,
    ].join("\n"),
  );
  expect(() => read(changes)).toThrow(
    "the configuration of stack test has a missing value; nothing was changed:\n  - prism:migrations.sql is missing",
  );
  expect(() => read({ ...valid, "prism:migrations": undefined, "prism:takeOver": [] })).toThrow(
    "the configuration of stack test has a problem; nothing was changed:\n  - unknown key prism:takeOver",
  );
});

test("what stands for any value of an answer is no mark", () =>
  expect(() =>
    read({ "prism:checks": { "the page is there": { url: "/page", answer: { id: "<uuid>", name: "<string>" } } } }),
  ).not.toThrow());

test("a mark of a system that the stack does not have is not asked for", () =>
  expect(() => read({ "pm:release": mark("tag", "2.0") })).not.toThrow());
