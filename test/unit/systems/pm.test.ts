import { collectResources } from "../../support/mocks";
import { failed } from "../../../systems/pm/notifications";
import { pmConfiguration } from "../../../systems/pm/settings";

const settings = pmConfiguration.settings.parse({
  release: "2.1",
  application: { standIn: true },
  postgres: { engine: "cloudnativepg" },
  redis: { engine: "kubernetes" },
  neo4j: { uri: "neo4j+s://graph.example:7687" },
});

beforeEach(() => void collectResources());
afterEach(() => jest.restoreAllMocks());

test.each([
  ["pm-migrate-broken", "Nothing after it was done; the maintenance mode, if it was on, stays on."],
  ["pm-maintenance-off", "Nothing after it was done; the maintenance mode, if it was on, stays on."],
  ["pm-accessible", "Nothing after it was done."],
  ["pm-notify-success", "Nothing after it was done."],
])("when %s fails, people are told what it left", async (name, left) => {
  const posted = jest.spyOn(globalThis, "fetch").mockResolvedValue(new Response("ok"));
  const hook = failed(settings, "https://hooks.example/services/T00");
  await hook.callback({ name } as Parameters<typeof hook.callback>[0]);
  const { text } = JSON.parse(posted.mock.calls[0]![1]!.body as string) as { text: string };
  expect(text.split("\n").slice(1)).toEqual(["Version: 2.1", `Status: Failed in ${name}. ${left}`]);
});
