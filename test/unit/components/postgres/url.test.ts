/** URLs of existing databases: their parts, their problems, and what may be shown of them. */
import {
  databaseAddress,
  databaseIdentity,
  databaseUrl,
  urlForGo,
  urlProblems,
} from "../../../../components/postgres/url";

const password = "p@ss:w/%rd?#";
const encoded = encodeURIComponent(password);
const valid = `postgresql://app:${encoded}@DB.example:6543/my%20data`;

test("a URL has its parts, decoded as libpq does it", () => {
  expect(databaseUrl(`${valid}?sslmode=require&options=-c%20a%3Db+c`)).toEqual({
    host: "db.example",
    port: 6543,
    database: "my data",
    username: "app",
    password,
    parameters: { sslmode: "require", options: "-c a=b+c" },
  });
  expect(databaseUrl("postgres://app:secret@[fd00::1]/data")).toMatchObject({ host: "fd00::1", port: 5432 });
});

const plain = { ca: false, direct: true };
const problems = (text: string, options: Partial<typeof plain> = {}) => urlProblems(text, { ...plain, ...options });

test.each<[string, string]>([
  ["mysql://app:secret@db/data", "is not a URL of PostgreSQL; it must be postgresql://USER:PASSWORD@HOST/DATABASE"],
  ["db.example/data", "is not a URL of PostgreSQL; it must be postgresql://USER:PASSWORD@HOST/DATABASE"],
  ["postgresql://app:secret@/data", "is not a URL of PostgreSQL; it must be postgresql://USER:PASSWORD@HOST/DATABASE"],
  ["postgresql://app:secret@%2Fvar%2Frun/data", "names no host; it must be postgresql://USER:PASSWORD@HOST/DATABASE"],
  [
    "postgresql://app:secret@one.example,two.example/data",
    "names several hosts; name the one that takes writes, or a name that leads to it",
  ],
  ["postgresql://db.example/data", "names no user; it must begin with postgresql://USER:PASSWORD@"],
  ["postgresql://:secret@db.example/data", "names no user; it must begin with postgresql://USER:PASSWORD@"],
  ["postgresql://app@db.example/data", "names no password; it must begin with postgresql://USER:PASSWORD@"],
  ["postgresql://app:secret@db.example", "names no database; write it after the host: /DATABASE"],
  ["postgresql://app:secret@db.example/?sslmode=require", "names no database; write it after the host: /DATABASE"],
  ...["postgresql://app:p@ss@db.example/data", "postgresql://app:100%@db/data", "postgresql://app:1@db/data#x"].map(
    (text): [string, string] => [
      text,
      "has a special character as it is; in its password write %40 for @, %23 for # and %25 for %",
    ],
  ),
  [
    `${valid}?sslmode=secure`,
    "has a wrong sslmode; it must be one of disable, allow, prefer, require, verify-ca, verify-full",
  ],
  [
    `${valid}?sslmode=verify-full&sslrootcert=/etc/ca.crt`,
    "names a file in sslrootcert, which no pod has; set postgres.ca to its content instead",
  ],
  [`${valid}?sslrootcert=system&sslmode=require`, "has sslrootcert=system, with which sslmode must be verify-full"],
  [
    `${valid}?sslmode=verify-ca`,
    "has sslmode=verify-ca, for which postgres.ca must be set; for a publicly trusted authority write verify-full",
  ],
  [
    `${valid}?require_auth=scram`,
    "has a wrong require_auth; it must be a list such as scram-sha-256, or md5,scram-sha-256 for older passwords",
  ],
  [`${valid}?sslcert=a.crt`, "names a file in sslcert, which no pod has; log in with user and password instead"],
])("%s is refused", (text, problem) => {
  const found = problems(text);
  expect(found).toEqual([problem]);
  expect(found[0]).not.toMatch(/secret|ss@db|100%/);
});

test("parameters of other drivers are for the application alone", () => {
  const prisma = `${valid}?pgbouncer=true&connection_limit=1`;
  const unknown = (name: string) =>
    `has the parameter ${name}, which psql and pg_dump do not know; set databaseDirectUrl without it, with none but ` +
    "sslmode, sslrootcert, sslnegotiation, channel_binding, require_auth, gssencmode, options, connect_timeout, application_name, target_session_attrs";
  expect(problems(prisma)).toEqual([unknown("pgbouncer"), unknown("connection_limit")]);
  expect(problems(prisma, { direct: false })).toEqual([]);
});

test("a certificate authority has to be used", () => {
  expect(problems(valid, { ca: true })).toEqual([]);
  for (const required of ["md5,scram-sha-256", "!password,!md5", "none"])
    expect(problems(`${valid}?require_auth=${required}`)).toEqual([]);
  expect(problems(`${valid}?sslmode=verify-ca`, { ca: true })).toEqual([]);
  expect(problems(`${valid}?sslmode=prefer`, { ca: true })).toEqual([
    "has sslmode=prefer, which does not use postgres.ca; leave it out, which means verify-full",
  ]);
  expect(problems(`${valid}?sslrootcert=system`, { ca: true })).toEqual([
    "has sslrootcert=system, and postgres.ca is set; leave out the one that did not sign the server's certificate",
  ]);
});

test("a database is named by host and name, and without its user", () => {
  const url = databaseUrl("postgresql://app:secret@Db.Example/data");
  expect(databaseAddress(url)).toBe("db.example/data");
  expect(databaseIdentity(url)).toBe("db.example:5432/data");
});

test("a pooler of many projects is named with the project", () => {
  const host = "aws-0-eu-central-1.pooler.supabase.com";
  const url = databaseUrl(`postgresql://postgres.abcdefghijklmnopqrst:secret@${host}/postgres`);
  expect(databaseAddress(url)).toBe(`abcdefghijklmnopqrst.${host}/postgres`);
  expect(databaseIdentity(url)).toBe(`abcdefghijklmnopqrst.${host}:5432/postgres`);
});

const neon =
  "sslmode=verify-full&channel_binding=require&sslrootcert=system&target_session_attrs=any&gssencmode=disable";

test.each([
  ["", "sslmode=verify-full"],
  ["?sslmode=prefer", "sslmode=require"],
  ["?sslmode=disable", "sslmode=disable"],
  ["?sslrootcert=system", "sslmode=verify-full"],
  [`?${neon}&require_auth=md5`, "sslmode=verify-full"],
  ["?options=-c%20a%3Db&sslmode=require", "sslmode=require&options=-c%20a%3Db"],
])("a program in Go has the user, the password and what its driver knows: %s", (search, expected) =>
  expect(urlForGo(`${valid}${search}`)).toBe(`${valid}?${expected}`),
);
