/** Configuration of an existing database: what is refused before anything is changed. No error shows a URL. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration } from "../../../stack/config";
import { databasePlans, databasesInCluster } from "../../../stack/databases";
import type { ConfiguredSystem } from "../../../stack/configured-system";
import { readerOf, uid } from "../../support/cluster-reader";
import { collectResources } from "../../support/mocks";

const password = "s3cr%40t";
const url = `postgresql://app:${password}@pooler.example/data`;
const directUrl = `postgresql://owner:${password}@db.example/data`;
const ca = "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----";
const engine = (more: object = {}) => JSON.stringify({ engine: "existing", ...more });

const valid: Record<string, string | undefined> = {
  "runsheet:context": "somewhere",
  "runsheet:systems": '["prism"]',
  "prism:release": "5.0.0",
  "prism:application": '{"standIn":true}',
  "prism:generateSecrets": "true",
  "prism:postgres": engine(),
  "prism:redis": '{"engine":"kubernetes"}',
  "prism:databaseUrl": url,
  "prism:databaseDirectUrl": directUrl,
};

function read(
  changes: Readonly<Record<string, string | undefined>>,
  secretKeys = ["databaseUrl", "databaseDirectUrl"],
) {
  collectResources();
  const all = Object.entries({ ...valid, ...changes }).filter((entry): entry is [string, string] => !!entry[1]);
  const ofStack = ["runsheet:backupsAccessKeyId", "runsheet:backupsSecretAccessKey"];
  const secrets = [...secretKeys.map((key) => `prism:${key}`), ...ofStack];
  pulumi.runtime.setAllConfig(Object.fromEntries(all), secrets);
  return readConfiguration().systems[0]!;
}

test("it has the name of host and database of the direct URL", () => {
  expect(read({})).toMatchObject({
    existingDatabase: "db.example/data",
    settings: { postgres: { engine: "existing", connections: 10 } },
  });
  expect(read({ "prism:databaseDirectUrl": undefined })).toMatchObject({ existingDatabase: "pooler.example/data" });
  expect(read({ "prism:postgres": '{"engine":"cloudnativepg"}', "runsheet:protect": "false" })).not.toHaveProperty(
    "existingDatabase",
    expect.anything(),
  );
});

test("its URLs stay secret", async () => {
  const { secrets } = read({});
  expect(await pulumi.isSecret(secrets.databaseUrl!)).toBe(true);
  expect(await pulumi.isSecret(secrets.databaseDirectUrl!)).toBe(true);
});

const notAUrl = "is not a URL; in its password write %2F for /, %23 for #, %3F for ? and %40 for @";

test.each<[string, Readonly<Record<string, string | undefined>>, string[]]>([
  [
    "no URL",
    { "prism:databaseUrl": undefined, "prism:databaseDirectUrl": undefined },
    [
      "prism:databaseUrl is missing: URL of the database that the application gets, perhaps of a pooler: `postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full`; set it with: pulumi config set --secret prism:databaseUrl",
    ],
  ],
  [
    "a direct URL alone",
    { "prism:databaseUrl": undefined },
    [
      "prism:databaseUrl is missing: URL of the database that the application gets, perhaps of a pooler: `postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full`; set it with: pulumi config set --secret prism:databaseUrl",
    ],
  ],
  [
    "a URL of something else",
    { "prism:databaseUrl": `mysql://app:${password}@db.example/data` },
    ["prism:databaseUrl is not a URL of PostgreSQL; it must be postgresql://USER:PASSWORD@HOST/DATABASE"],
  ],
  [
    "a URL without a database",
    { "prism:databaseDirectUrl": `postgresql://app:${password}@db.example` },
    ["prism:databaseDirectUrl names no database; write it after the host: /DATABASE"],
  ],
  [
    "a URL without a user",
    { "prism:databaseUrl": "postgresql://db.example/data" },
    ["prism:databaseUrl names no user; it must begin with postgresql://USER:PASSWORD@"],
  ],
  [
    "a password with a slash",
    { "prism:databaseUrl": "postgresql://app:s3/cr@db/data" },
    [`prism:databaseUrl ${notAUrl}`],
  ],
  [
    "an unknown sslmode",
    { "prism:databaseDirectUrl": `${directUrl}?sslmode=strict` },
    [
      "prism:databaseDirectUrl has a wrong sslmode; it must be one of disable, allow, prefer, require, verify-ca, verify-full",
    ],
  ],
  [
    "a certificate that is not in the pods",
    { "prism:databaseUrl": `${url}?sslmode=verify-full&sslrootcert=/home/me/prod-ca.crt` },
    ["prism:databaseUrl names a file in sslrootcert, which no pod has; set postgres.ca to its content instead"],
  ],
  [
    "an authority that a URL does not use",
    { "prism:postgres": engine({ ca }), "prism:databaseUrl": `${url}?sslmode=disable` },
    ["prism:databaseUrl has sslmode=disable, which does not use postgres.ca; leave it out, which means verify-full"],
  ],
  [
    "an authority that is none",
    { "prism:postgres": engine({ ca: "prod-ca.crt" }) },
    ['prism:postgres.ca is "prod-ca.crt"; it must be the certificate of an authority as PEM'],
  ],
  [
    "a baseline",
    { "prism:baseline": "true" },
    ["prism:baseline is true and the database exists, in which nothing is created; set it to false"],
  ],
  [
    "a restore from an archive",
    { "prism:restore": '{"from":"latest","server":"prism-postgresql"}' },
    [
      "prism:restore.server names an archive, and a database that exists has none of the stack's; remove it",
      "prism:restore needs runsheet:backups; set it to where the backups are",
    ],
  ],
  [
    "a safety dump of a database of the stack's",
    {
      ...{ "prism:postgres": '{"engine":"cloudnativepg"}', "runsheet:protect": "false" },
      ...{ "prism:restore": '{"from":"latest","safetyDump":false}', "runsheet:backups": '{"bucket":"backups"}' },
      ...{ "runsheet:backupsAccessKeyId": "id", "runsheet:backupsSecretAccessKey": "key" },
    },
    ["prism:restore.safetyDump is for a database that exists, and this one is restored beside the live one; remove it"],
  ],
])("%s is refused", (_, changes, problems) => {
  const title = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  const message = `the configuration of stack test has ${title}; nothing was changed:\n${problems.map((each) => `  - ${each}`).join("\n")}`;
  expect(() => read(changes)).toThrow(new pulumi.RunError(message));
});

test("a URL in plain text is refused, and not shown", () =>
  expect(() => read({}, ["databaseDirectUrl"])).toThrow(
    /^[^@]* {2}- prism:databaseUrl is a secret in plain text; set it with: pulumi config set --secret prism:databaseUrl\n/,
  ));

const configured = (settings: object, existingDatabase?: string) =>
  ({
    system: { name: "prism" },
    settings: { discard: [], namespace: { create: true }, ...settings },
    secrets: {},
    existingDatabase,
  }) as unknown as ConfiguredSystem;
const left = (live: string) => ({ prism: { namespace: "prism", database: { live, givenUp: [] } } });
const plan = (settings: object, existingDatabase: string | undefined, outputs: object = {}, recorded?: string) =>
  databasePlans(
    [configured(settings, existingDatabase)],
    true,
    outputs as Record<string, unknown>,
    new Map([["prism", recorded === undefined ? {} : { recorded: { live: recorded, givenUp: [] } }]]),
  ).get("prism");
const refused = (problem: string) =>
  `the databases cannot be configured like this; nothing was changed:\n  - ${problem}`;

test("an existing database is worked with, and nothing is made, restored or given up", () => {
  expect(plan({}, "db.example/data")).toEqual({
    name: "db.example/data",
    restored: false,
    givenUp: [],
    before: undefined,
    existing: { after: {}, takeBack: false },
  });
  expect(plan({}, "db.example/data", left("db.example/data"))).toMatchObject({ name: "db.example/data" });
  expect(plan({ live: "db.example/data" }, "db.example/data", {}, "db.example/data")).toMatchObject({
    name: "db.example/data",
  });
});

const other = (name: string, last: string, rest: string) =>
  `prism:postgres: this leads to the database ${name}, and the last up worked with ${last}. Correct it; or, if the data is in ${name}: pulumi config set prism:live ${name}. ${rest}`;

test("another database than the last up's has to be named", () => {
  const [staging, production] = ["db.staging/data", "db.production/data"];
  const message = refused(other(staging, production, `${production} stays as it is`));
  expect(() => plan({}, staging, left(production))).toThrow(message);
  expect(() => plan({}, staging, {}, production)).toThrow(message);
  expect(plan({ live: staging }, staging, left(production))).toMatchObject({ name: staging });
  expect(() => plan({ live: production }, staging, left(production))).toThrow(
    refused(`prism:live: names ${production}, and the URLs lead to ${staging}; take it out, or name that`),
  );
});

test("so has a step from a database of the stack's to one that exists, and back", () => {
  const [own, there] = ["prism-postgresql", "db.example/data"];
  const deleted = `The stack then deletes ${own}, as far as runsheet:protect permits`;
  expect(() => plan({}, there, left(own))).toThrow(refused(other(there, own, deleted)));
  expect(plan({ live: there }, there, left(own))).toMatchObject({ name: there });
  expect(() => plan({}, undefined, left(there))).toThrow(refused(other(own, there, `${there} stays as it is`)));
  expect(plan({ live: own }, undefined, left(there))).toEqual({
    name: own,
    restored: false,
    givenUp: [],
    before: undefined,
  });
});

test("what was never given up cannot be discarded", () =>
  expect(() => plan({ discard: ["prism-postgresql"] }, "db.example/data")).toThrow(
    refused("prism:discard: the database db.example/data is not the stack's, and nothing was given up; take it out"),
  ));

test("databases of the stack's in the namespace do not stand in its way", async () => {
  const cluster = { uid, read: readerOf({}) };
  const there = await databasesInCluster([configured({}, "db.example/data")], "", {}, cluster);
  const plans = databasePlans([configured({}, "db.example/data")], true, {}, there);
  expect(plans.get("prism")).toMatchObject({ name: "db.example/data" });
});
