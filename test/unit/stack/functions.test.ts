/** The key `functions` of PRISM's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration } from "../../../stack/config";
import { collectResources } from "../../support/mocks";
import { smallestStack } from "../../support/smallest-stack";

const stack = {
  ...smallestStack("prism"),
  "prism:application": '{"api":"registry.example/api","functions":"registry.example/functions"}',
  "prism:smokeTest": '{"businessId":"00000000-0000-4000-8000-000000000002"}',
  "prism:generateSecrets": "false",
};
const secrets = ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken"];
const project = { engine: "supabase", project: "abcdefghijklmnopqrst" };

beforeEach(() => void collectResources());

function read(functions: object, more: readonly string[], changes: Record<string, string> = {}) {
  const set = [...secrets, ...more].map((key) => [`prism:${key}`, "secret"] as const);
  const all = { ...stack, ...Object.fromEntries(set), "prism:functions": JSON.stringify(functions), ...changes };
  pulumi.runtime.setAllConfig(
    all,
    set.map(([key]) => key),
  );
  return readConfiguration().systems[0]!;
}

test("Docker is not needed by default", () =>
  expect(read(project, ["supabaseAccessToken"]).settings).toMatchObject({
    functions: { ...project, flags: ["--use-api"] },
  }));

test.each([
  [
    project,
    {},
    "prism:supabaseAccessToken is missing: environment variable SUPABASE_ACCESS_TOKEN; set it with: pulumi config set --secret prism:supabaseAccessToken",
  ],
  [
    project,
    { "prism:application": '{"standIn":true}' },
    "prism:functions.engine is supabase and the application is the stand-in, which no project can run; remove it",
  ],
  [{ engine: "deno" }, {}, 'prism:functions.engine is "deno"; it must be one of kubernetes, supabase'],
  [
    { ...project, project: "https://abc.supabase.co" },
    {},
    'prism:functions.project is "https://abc.supabase.co"; it must be the reference of a project',
  ],
])("%j with %j is refused", (functions, changes, message) =>
  expect(() => read(functions, [], changes)).toThrow(message),
);
