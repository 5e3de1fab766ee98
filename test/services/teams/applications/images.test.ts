/** images.json: what an image has is what its files import. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sources } from "../../../support/teams/applications";
import { images } from "./application";

const packages: Readonly<Record<string, string>> = {
  prometheus_client: "python3-prometheus-client",
  psycopg2: "python3-psycopg2",
  redis: "python3-redis",
};
const sourceFiles = readdirSync(sources).filter((file) => file.endsWith(".py"));
const imported = (file: string) =>
  [...readFileSync(join(sources, file), "utf8").matchAll(/^(?:from|import) (\w+)/gm)].map(([, module]) => module!);

test.each(Object.entries(images))("the image %s", (_, image) => {
  const modules = image.files.filter((file) => file.endsWith(".py")).flatMap(imported);
  const needed = new Set(modules.flatMap((module) => packages[module] ?? []));
  expect(image.packages).toEqual(needed.size > 0 ? [...needed].sort() : ["python3"]);
  const own = modules.map((module) => `${module}.py`).filter((file) => sourceFiles.includes(file));
  const started = [image.command, ...Object.values(image.workloads ?? {})].map((command) => command[1]!.slice(5));
  expect(image.files).toEqual(expect.arrayContaining([...own, ...started]));
});

test("every file is in an image", () => {
  const files = Object.values(images).flatMap((image) => image.files);
  expect(sourceFiles.filter((file) => !files.includes(file))).toEqual([]);
});
