/** Addresses of servers and stores, and the authorities that vouch for them. */
import * as pulumi from "@pulumi/pulumi";
import { collectResources } from "../../support/mocks";
import { adminPassword, prismOf, problem, read } from "../../support/read-stack";

beforeEach(() => void collectResources());

const blank =
  "prism:redisUrl begins or ends with white space, or contains a line break; remove it, and set it with: pulumi config set --secret prism:redisUrl";

test.each([
  ["", "prism:redisUrl is empty; set it with: pulumi config set --secret prism:redisUrl"],
  ["redis://somewhere\n", blank],
  [" redis://somewhere", blank],
  [
    "redis://:pass/word@somewhere",
    "prism:redisUrl is not a URL; in its password write %2F for /, %23 for #, %3F for ? and %40 for @",
  ],
])("the secret %j is an error that does not show it", (url, message) =>
  expect(() => read({ "prism:redis": '{"engine":"external"}', "prism:redisUrl": url }, ["prism:redisUrl"])).toThrow(
    new pulumi.RunError(problem(message)),
  ),
);

test.each([
  [
    { engine: "external" },
    "https://somewhere",
    "prism:redisUrl begins with https:; it must begin with redis://, or with rediss:// for TLS",
  ],
  [
    { engine: "external", ca: "-----BEGIN CERTIFICATE-----" },
    "redis://somewhere",
    "prism:redis.ca is set and redisUrl begins with redis://, without TLS; begin it with rediss://, or remove redis.ca",
  ],
])("%j with %s is refused", (redis, url, message) =>
  expect(() => read({ "prism:redis": JSON.stringify(redis), "prism:redisUrl": url }, ["prism:redisUrl"])).toThrow(
    new pulumi.RunError(problem(message)),
  ),
);

test("an authority with which nothing is verified is refused", () => {
  const ca = "-----BEGIN CERTIFICATE-----";
  const postgres = { engine: "external", host: "db.example", sslMode: "disable", ca };
  const external = { "prism:postgres": JSON.stringify(postgres), ...adminPassword };
  expect(() => read(external, ["prism:postgresAdminPassword"])).toThrow(
    problem("prism:postgres.ca is set and postgres.sslMode is disable, without TLS; remove one of them"),
  );
  const keys = { "runsheet:backupsAccessKeyId": "generated", "runsheet:backupsSecretAccessKey": "generated" };
  const backups = { "runsheet:backups": JSON.stringify({ bucket: "backups", endpoint: "http://s3.example", ca }) };
  expect(() => read({ ...backups, ...keys }, Object.keys(keys))).toThrow(
    problem(
      "runsheet:backups.ca is set and backups.endpoint is http://s3.example, without TLS; begin it with https://, or remove backups.ca",
    ),
  );
});

test("an external server is verified unless the stack says otherwise", () => {
  const external = { "prism:postgres": '{"engine":"external","host":"db.example"}', ...adminPassword };
  expect(prismOf(read(external, ["prism:postgresAdminPassword"])).settings.postgres).toEqual({
    ...{ engine: "external", host: "db.example", port: 5432, adminUser: "postgres" },
    ...{ sslMode: "verify-full", requireAuth: "scram-sha-256", inheritsRoles: false, readsAllStats: false },
  });
});

test("a URL with a password that is percent-encoded is taken", () => {
  const url = { "prism:redis": '{"engine":"external"}', "prism:redisUrl": "rediss://:pass%2Fword@somewhere:6380/1" };
  expect(prismOf(read(url, ["prism:redisUrl"])).secrets.redisUrl).toBeDefined();
});
