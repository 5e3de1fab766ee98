/** Parts of the runbooks' schemas, which `schema.without` lists and `System.has` asks for. */
import { readPlan } from "../../../components/migrations/plan";
import { schemaOf } from "../../../components/system/schema";
import { systems } from "../../../systems";
import { muedConfiguration } from "../../../systems/mued/settings";
import { omniopsConfiguration } from "../../../systems/omniops/settings";

const withParts = systems.flatMap(({ name, migrations, parts }) =>
  migrations && parts ? [{ name, migrations, parts }] : [],
);

test("every system with migrations says what its code asks of the schema", () =>
  expect(withParts.map(({ name }) => name)).toEqual(["prism", "omniops", "mued", "pm"]));

test.each(withParts)("each part of $name is completed by a change that it ships", ({ migrations, parts }) => {
  const { changes } = readPlan(migrations);
  expect(Object.values(parts).filter(({ change }) => !changes.includes(change))).toEqual([]);
});

test.each(withParts)("each part of $name says in one sentence what Runsheet leaves out", ({ parts }) =>
  expect(Object.values(parts).filter(({ without = "nothing." }) => !/^[a-z`].*\.$/.test(without))).toEqual([]),
);

const common = { release: "1", application: { standIn: true }, postgres: { engine: "cloudnativepg" } };
const own = {
  migrations: { command: ["migrate"], image: "registry.example/migrations:1", secrets: {}, memoryLimit: "1Gi" },
};

test("a feature is refused on a schema of the team's own that lacks its table", () => {
  const settings = omniopsConfiguration.settings.parse({
    ...common,
    redis: { engine: "kubernetes" },
    supabaseUrl: "https://omniops.supabase.invalid",
    openaiOrganization: "org",
    features: { auto_categorization: { enabled: true } },
    schema: { without: ["conversation_categories"] },
  });
  const chosen = { ...settings, ...own };
  expect(omniopsConfiguration.problems!(chosen, schemaOf(omniopsConfiguration, chosen))).toEqual([
    "features.auto_categorization is enabled and needs the table conversation_categories, which schema.without lists: turn it off first",
  ]);
});

test("the optional change of MUED is a part of a schema of the team's own", () => {
  const settings = muedConfiguration.settings.parse({ ...common, foreignKeys: false });
  const chosen = { ...settings, ...own };
  expect(muedConfiguration.problems!(chosen, schemaOf(muedConfiguration, chosen))).toEqual([
    "foreignKeys is false and the migrations are your own; remove it, and list foreign_keys in schema.without",
  ]);
});
