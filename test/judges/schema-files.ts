/** Writes the schemas of all kinds in the golden files, out of the modules that the lab is built from. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { wrapper } from "../../lab/toolchain/build";
import { moduleDirectory } from "../../lab/toolchain/go";
import { releaseManifests } from "../../lab/toolchain/recipes";
import { schemasOf, schemasOfCustomKind, type CustomKind, type OpenApi } from "./schemas";

const openApi = { tool: "kubernetes", module: "k8s.io/kubernetes", file: "api/openapi-spec/swagger.json" };
const traefik = {
  tool: "traefik",
  module: "github.com/traefik/traefik/v3",
  file: "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
};

/** @param kinds kinds of which the custom ones are looked for; to read all takes long */
export async function writeSchemas(directory: string, kinds: ReadonlySet<string>): Promise<void> {
  const own = schemasOf(JSON.parse(await textOf(openApi)) as OpenApi);
  const manifests = await Promise.all([...releaseManifests, traefik].map(textOf));
  const custom = manifests.flatMap((text) => definitionsIn(text, kinds)).map(schemasOfCustomKind);
  for (const [file, schema] of Object.entries(Object.assign({}, own, ...custom) as object))
    writeFileSync(join(directory, file), JSON.stringify(schema));
}

const textOf = async ({
  tool,
  module,
  file,
}: {
  readonly tool: string;
  readonly module: string;
  readonly file: string;
}) => readFileSync(join(await moduleDirectory(wrapper(tool), module), file), "utf8");

const definitionsIn = (text: string, kinds: ReadonlySet<string>): CustomKind[] =>
  text
    .split(/^---.*$/m)
    .filter((document) => /^kind: CustomResourceDefinition$/m.test(document) && kinds.has(kindOf(document)))
    .map((document) => parse(document) as CustomKind);

/** The only `kind` of two spaces' depth in a definition's names. */
const kindOf = (document: string) => /^ {4}kind: (\w+)$/m.exec(document)?.[1] ?? "";
