/** The test of Sentry, against a receiver of its envelope endpoint. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { sendTestEvent } from "../../../../../components/checks/in-pod/sentry-event";
import { freePort } from "../../../../support/free-port";
import { SentryReceiver } from "../../../../support/sentry";

const root = join(__dirname, "..", "..", "..", "..", "..");
const message = {
  ...{ message: "Phase 5 deployment verification", system: "prism", release: "5.1.0", namespace: "staging-prism" },
  withinSeconds: 0,
};
const advice =
  "\n  Set another DSN (pulumi config set --secret prism:sentryDsn), or do without the test: " +
  "pulumi config set prism:sentryTest false";

let sentry: SentryReceiver;
beforeAll(async () => (sentry = await SentryReceiver.start()));
afterAll(() => sentry.stop());
beforeEach(() => void (sentry.refusals = []));

test("the event is taken, with the runbook's message and the release", async () => {
  const result = await sendTestEvent(sentry.dsn(), message);
  const [{ header, item, event }] = sentry.taken as [(typeof sentry.taken)[0]];
  const id = String(header.event_id);
  expect(result).toEqual({ taken: `${sentry.host} took the test event ${id}` });
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(item).toMatchObject({ type: "event", content_type: "application/json" });
  expect(event).toMatchObject({
    ...{ event_id: id, platform: "other", level: "info", release: "5.1.0" },
    message: { formatted: "Phase 5 deployment verification" },
    tags: { system: "prism", namespace: "staging-prism" },
  });
});

test.each(["", "https://sentry.example/42", "https://key@sentry.example", "https://key@sentry.example/prism", "key"])(
  "%p is no DSN, and the error does not repeat it",
  async (dsn) => {
    expect(await sendTestEvent(dsn, message)).toEqual({
      failure:
        "the DSN is not of the form https://KEY@HOST/PROJECT; set it with: pulumi config set --secret prism:sentryDsn",
    });
  },
);

test.each<[number, string]>([
  [401, '{"detail":"refused with 401"}: it does not take the key of the DSN'],
  [403, '{"detail":"refused with 403"}: it does not take the key of the DSN'],
  [404, '{"detail":"refused with 404"}: it does not have the project of the DSN'],
  [
    429,
    '{"detail":"event rejected due to rate limit"}: it takes no more events of the project, before 60 s have passed',
  ],
  [400, '{"detail":"refused with 400"}'],
  [503, '{"detail":"refused with 503"}'],
  [302, '{"detail":"refused with 302"}'],
  [200, `{"detail":"refused with 200"}, without the event's ID, and so is no Sentry`],
])("an answer with %i is an error that says what it means", async (status, what) => {
  sentry.refusals = [status];
  expect(await sendTestEvent(sentry.dsn(), message)).toEqual({
    failure: `${sentry.host} answered ${status} ${what}${advice}`,
  });
});

test("a key that Sentry does not know is in no error, even if Sentry repeats it", async () => {
  expect(await sendTestEvent(sentry.dsn("a-key-of-others"), message)).toEqual({
    failure:
      `${sentry.host} answered 403 {"detail":"bad sentry DSN public key ***"}: it does not take the key of the DSN` +
      advice,
  });
});

test("another project is an error", async () => {
  expect(await sendTestEvent(sentry.dsn(sentry.key, "43"), message)).toEqual({
    failure: `${sentry.host} answered 404 {"detail":"no project"}: it does not have the project of the DSN${advice}`,
  });
});

/** Runs the program as a pod runs it. */
const run = (dsn: string) => {
  const args = ["--require", "./register.cjs", "components/checks/in-pod/sentry.ts"];
  const env = { PATH: process.env.PATH, SENTRY_DSN: dsn, MESSAGE: JSON.stringify(message) };
  return promisify(execFile)(process.execPath, args, { cwd: root, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );
};

test("the program says that the event is taken", async () => {
  const { stdout, ...rest } = await run(sentry.dsn());
  expect(rest).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(`ok     ${sentry.host} took the test event ${String(sentry.taken.at(-1)!.header.event_id)}\n`);
});

test("nobody at the host is an error with the reason", async () => {
  const port = await freePort();
  expect(await run(`http://secret-key@127.0.0.1:${port}/42`)).toEqual({
    code: 1,
    stdout: "",
    stderr:
      `FAILED the test of Sentry: 127.0.0.1:${port} was not answered: fetch failed: connect ECONNREFUSED ` +
      `127.0.0.1:${port}${advice}\n`,
  });
});

test("it is sent again while Sentry is away, and not once it is refused", async () => {
  sentry.refusals = [503];
  expect(await sendTestEvent(sentry.dsn(), { ...message, withinSeconds: 5 })).toHaveProperty("taken");
  sentry.refusals = [403, 403];
  expect(await sendTestEvent(sentry.dsn(), { ...message, withinSeconds: 5 })).toHaveProperty("failure");
  expect(sentry.refusals).toEqual([403]);
});
