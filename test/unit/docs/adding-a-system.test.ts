/** Files of test/fixtures/sixth-system in docs/adding-a-system.md. `npm run golden` updates the page. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entry, fixture } from "../../support/sixth-system";

const page = join(__dirname, "..", "..", "..", "docs", "adding-a-system.md");
/** File in the page: name, language and text. */
const block = /^`([^`\n]+)`:\n\n```(\w+)\n([^]*?)^```$/gm;

const files = readdirSync(fixture, { recursive: true, withFileTypes: true })
  .filter((file) => file.isFile())
  .map((file) => join(file.parentPath, file.name).slice(fixture.length + 1));
const texts = new Map([
  ...files.map((file) => [file, readFileSync(join(fixture, file), "utf8")] as const),
  ["systems/index.ts", entry] as const,
]);

beforeAll(() => {
  if (!process.env.UPDATE_GOLDEN) return;
  const renewed = readFileSync(page, "utf8").replace(
    block,
    (_, name: string, language: string) => `\`${name}\`:\n\n\`\`\`${language}\n${texts.get(name)}\`\`\``,
  );
  writeFileSync(page, renewed);
});

test("the page shows each file of the sixth system, and no others, as it is", () => {
  const shown = [...readFileSync(page, "utf8").matchAll(block)].map(([, name, , text]) => [name, text] as const);
  expect(new Map(shown)).toEqual(texts);
});
