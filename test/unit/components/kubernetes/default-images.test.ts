/** The images of the defaults: what they are called, which bytes they are, and that renovate.json moves both. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultImages } from "../../../../components/kubernetes/default-images";

const root = join(__dirname, "../../../..");
const images = Object.values(defaultImages);

interface Renovate {
  readonly customManagers: readonly { readonly managerFilePatterns: string[]; readonly matchStrings: string[] }[];
}
const [manager] = (JSON.parse(readFileSync(join(root, "renovate.json"), "utf8")) as Renovate).customManagers;

test("every image has a registry, a tag with a version, and a digest if any", () => {
  const form = /^[a-z0-9.]+\.[a-z]+\/[a-z0-9._/-]+:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/;
  expect(images.filter((image) => !form.test(image))).toEqual([]);
});

test("the images without a digest are those that docs/security.md names", () => {
  const without = images.filter((image) => !image.includes("@")).map((image) => /[^/]+(?=:)/.exec(image)![0]);
  const [, named] = /These have none yet:\s+([^.]+)\./.exec(readFileSync(join(root, "docs/security.md"), "utf8"))!;
  expect([...named!.matchAll(/`([^`]+)`/g)].map(([, name]) => name).sort()).toEqual(without.sort());
});

test("renovate.json finds each image with its tag and its digest", () => {
  const file = "components/kubernetes/default-images.ts";
  expect(manager!.managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)).test(file))).toEqual([true]);
  const found = [...readFileSync(join(root, file), "utf8").matchAll(new RegExp(manager!.matchStrings[0]!, "g"))];
  const whole = ({ depName, currentValue, currentDigest }: Record<string, string | undefined>) =>
    `${depName}:${currentValue}${currentDigest ? `@${currentDigest}` : ""}`;
  expect(found.map(({ groups }) => whole(groups!))).toEqual(images);
});
