import { collectResources } from "../../support/mocks";
import { failed } from "../../../systems/pm/notifications";
import { maintenanceUrl, pmConfiguration } from "../../../systems/pm/settings";

const settings = pmConfiguration.settings.parse({
  release: "2.1",
  application: { standIn: true },
  postgres: { engine: "cloudnativepg" },
  redis: { engine: "kubernetes" },
  neo4j: { uri: "neo4j+s://graph.example:7687" },
});
const withBypass = { ...settings, maintenance: { ...settings.maintenance, bypassHeader: "X-Open" } };

beforeEach(() => void collectResources());
afterEach(() => jest.restoreAllMocks());

test.each([
  ["pm-smoke-test", withBypass, "Nothing after it was done; the maintenance mode, if it was on, stays on."],
  ["pm-smoke-test", settings, "Nothing after it was done."],
  ["pm-migrate-broken", settings, "Nothing after it was done; the maintenance mode, if it was on, stays on."],
  ["pm-maintenance-off", settings, "Nothing after it was done; the maintenance mode, if it was on, stays on."],
  ["pm-accessible", settings, "Nothing after it was done."],
  ["pm-watch", settings, "Nothing after it was done."],
  ["pm-notify-success", settings, "Nothing after it was done."],
])("when %s fails, people are told what it left", async (name, settings, left) => {
  const posted = jest.spyOn(globalThis, "fetch").mockResolvedValue(new Response("ok"));
  const hook = failed(settings, "https://hooks.example/services/T00");
  await hook.callback({ name } as Parameters<typeof hook.callback>[0]);
  const { text } = JSON.parse(posted.mock.calls[0]![1]!.body as string) as { text: string };
  expect(text.split("\n").slice(1)).toEqual(["Version: 2.1", `Status: Failed in ${name}. ${left}`]);
});

test.each([
  ["pm-watch", ["FAILED error rate: 12.4 % for 150 s (10 samples), at most 5 %", "  To take 2.1 back: ..."]],
  ["pm-smoke-test", []],
])("when %s fails, people are told the numbers of a watch alone", async (name, numbers) => {
  const posted = jest.spyOn(globalThis, "fetch").mockResolvedValue(new Response("ok"));
  const hook = failed(settings, "https://hooks.example/services/T00");
  const error =
    "the Job failed: [Pod pm-watch-1]: FAILED error rate: 12.4 % for 150 s (10 samples), at most 5 %\n  To take 2.1 back: ...\nmore";
  await hook.callback({ name, errors: [error, "FAILED earlier"] } as unknown as Parameters<typeof hook.callback>[0]);
  const { text } = JSON.parse(posted.mock.calls[0]![1]!.body as string) as { text: string };
  expect(text.split("\n").slice(3)).toEqual(numbers);
});

test("the stand-in looks for one value of the flag", () => {
  const { problems } = pmConfiguration;
  const maintenance = { ...settings.maintenance, value: "1" };
  expect(problems!({ ...settings, maintenance }, undefined)).toEqual([
    "maintenance.value is 1 and the application is the stand-in, which looks for true; remove it",
  ]);
  const application = { backend: "registry.example/backend", frontend: "registry.example/frontend" };
  expect(problems!({ ...settings, maintenance, application }, undefined)).toEqual([]);
});

test("with a database that exists, it is said who has to be in maintenance", () => {
  const { problems } = pmConfiguration;
  const existing = { ...settings, postgres: { ...settings.postgres, engine: "existing" as const } };
  expect(problems!(existing as typeof settings, undefined)).toEqual([
    "maintenance.url is missing; the database exists, and its application may run elsewhere: set it to the URL that its " +
      "users request, or to pm-backend if nobody is served yet",
  ]);
  const ways = [{ publicUrl: "https://pm.example" }, { maintenance: { ...settings.maintenance, url: "pm-backend" } }];
  for (const way of ways) expect(problems!({ ...existing, ...way } as typeof settings, undefined)).toEqual([]);
});

test("the users' URL is asked, and with a database of the stack's own its backend", () => {
  const publicUrl = "https://pm.example/";
  const existing = { engine: "existing" } as typeof settings.postgres;
  const urlWith = (changes: object) => maintenanceUrl({ ...settings, ...changes });
  expect(urlWith({ publicUrl })).toBeUndefined();
  expect(urlWith({ publicUrl, postgres: existing })).toBe("https://pm.example/api/signals?limit=1");
  const url = "https://old.example/";
  expect(urlWith({ publicUrl, postgres: existing, maintenance: { ...settings.maintenance, url } })).toBe(url);
  const own = { ...settings.maintenance, url: "pm-backend" };
  expect(urlWith({ publicUrl, postgres: existing, maintenance: own })).toBeUndefined();
});
