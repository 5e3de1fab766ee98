/** Systems as their checks see them, with the whole schema. */
import type { CommonSettings, Declared, SystemConfiguration } from "../../components/system/settings";

/** Keys that some system requires. */
const required: Readonly<Record<string, unknown>> = {
  release: "v2.0",
  postgres: { engine: "cloudnativepg" },
  redis: { engine: "kubernetes" },
  neo4j: { uri: "neo4j+s://graph.example:7687" },
  supabaseUrl: "https://project.supabase.example",
  openaiOrganization: "org-example",
};

/** Returns a system with the given images, or with the stand-in. */
export function declared<Settings extends CommonSettings>(
  { settings }: SystemConfiguration<Settings>,
  application: object = { standIn: true },
  changes: Readonly<Record<string, unknown>> = {},
): Declared<Settings> {
  const known = Object.fromEntries(Object.entries(required).filter(([key]) => key in settings.shape));
  return {
    settings: settings.parse({ ...known, application, ...changes }),
    schemaIsShipped: true,
    has: () => true,
    deploys: () => true,
  };
}
