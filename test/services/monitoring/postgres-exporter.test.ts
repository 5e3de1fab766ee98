/** postgres_exporter with URLs of existing databases. Its driver knows fewer parameters than libpq. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { urlForGo } from "../../../components/postgres/url";
import { unpacked } from "../../../lab/packages";
import { freePort } from "../../support/free-port";
import { ThrowAwayPostgres } from "../postgres";
import { privateFile, ServerProcess, temporaryDirectory } from "../server-process";
import { TestAuthority } from "../test-authority";

let postgres: ThrowAwayPostgres;
let directory: string;
let program: string;
let authority: string;
let address: string;
beforeAll(async () => {
  const ca = await TestAuthority.create();
  const port = await freePort();
  postgres = await ThrowAwayPostgres.start({
    listen: { addresses: ["127.0.0.1"], port, certificate: await ca.issue(["127.0.0.1"]) },
  });
  await postgres.query({ user: "postgres", database: "postgres" }, "CREATE ROLE team LOGIN PASSWORD 'p@ss:w/rd%'");
  address = `postgresql://team:${encodeURIComponent("p@ss:w/rd%")}@127.0.0.1:${port}/postgres`;
  directory = await temporaryDirectory("postgres-exporter");
  authority = await privateFile(directory, "ca.crt", ca.pem);
  program = join(await unpacked(["prometheus-postgres-exporter"]), "usr", "bin", "prometheus-postgres-exporter");
});
afterAll(async () => {
  await postgres?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** The metric pg_up of an exporter with this URL. */
async function up(url: string, environment: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  const port = await freePort();
  const variables = Object.entries({ DATA_SOURCE_NAME: url, ...environment }).map((each) => each.join("="));
  const command = ["setpriv", "--pdeathsig", "TERM", "env", ...variables, program] as const;
  const exporter = await ServerProcess.start(
    "postgres_exporter",
    [...command, `--web.listen-address=127.0.0.1:${port}`],
    "Listening on",
  );
  try {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return /^pg_up (.+)$/m.exec(text)?.[1];
  } finally {
    await exporter.stop("SIGTERM");
  }
}

const asNeonHasIt = "?sslmode=require&channel_binding=prefer&target_session_attrs=any";

test.each(["?sslmode=prefer", asNeonHasIt, "?sslmode=disable&gssencmode=disable&connect_timeout=5"])(
  "the exporter reaches the database with %s",
  async (search) => expect(await up(urlForGo(`${address}${search}`))).toBe("1"),
);

test("the authority is that of the stack", async () => {
  const url = urlForGo(address);
  expect(await up(url, { PGSSLROOTCERT: authority })).toBe("1");
  expect(await up(url)).toBe("0");
});

test("as it is, such a URL is refused by the server", async () =>
  expect(await up(`${address}${asNeonHasIt}`)).toBe("0"));
