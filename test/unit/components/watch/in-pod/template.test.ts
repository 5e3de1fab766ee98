/** Pods of two releases differ in their images by the release alone. */
import { differences, type Template } from "../../../../../components/watch/in-pod/template";

const template = (release: string, image: string): Template => ({
  metadata: { labels: { "app.kubernetes.io/version": release } },
  spec: { containers: [{ image, env: [{ name: "RELEASE", value: release }] }] },
});
const digest = (digit: string) => `@sha256:${digit.repeat(64)}`;

test.each([
  ["registry:5000/api:5.0.0", "registry:5000/api:5.1.0", []],
  ["registry:5000/api:v5.0.0-alpine", `registry:5000/api:v5.1.0-alpine${digest("a")}`, []],
  [`registry:5000/api${digest("a")}`, `registry:5000/api${digest("b")}`, []],
  ["registry:5000/api:5.0.0", "registry:5000/other:5.1.0", ["spec.containers.0.image"]],
  ["node:20", "node:22", ["spec.containers.0.image"]],
])("%s and %s differ in %j", (one, other, expected) =>
  expect(differences(template("5.0.0", one), template("5.1.0", other))).toEqual(expected),
);
