import {
  imageOf,
  imagePattern,
  isOfRelease,
  isPinned,
  repositoryOf,
  tagOf,
} from "../../../../components/kubernetes/image-tag";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

test.each([
  ["prism-api", undefined, "prism-api", "prism-api:5.0.0"],
  ["registry.example/prism-api", undefined, "registry.example/prism-api", "registry.example/prism-api:5.0.0"],
  ["registry:5000/team/api", undefined, "registry:5000/team/api", "registry:5000/team/api:5.0.0"],
  ["registry:5000/team/api:v5.0.0", "v5.0.0", "registry:5000/team/api", "registry:5000/team/api:v5.0.0"],
  [`registry:5000/api@${digest}`, undefined, "registry:5000/api", `registry:5000/api@${digest}`],
  [`registry.example/api:5.0.0@${digest}`, "5.0.0", "registry.example/api", `registry.example/api:5.0.0@${digest}`],
  ["localhost:5000/api:V5.0.0-RC.1_x", "V5.0.0-RC.1_x", "localhost:5000/api", "localhost:5000/api:V5.0.0-RC.1_x"],
  [`api:5.0.0@${digest}`, "5.0.0", "api", `api:5.0.0@${digest}`],
  ["localhost/api", undefined, "localhost/api", "localhost/api:5.0.0"],
  ["[::1]:5000/api", undefined, "[::1]:5000/api", "[::1]:5000/api:5.0.0"],
  ["Registry.Example/a__b/c-d.e", undefined, "Registry.Example/a__b/c-d.e", "Registry.Example/a__b/c-d.e:5.0.0"],
])("%s is an image", (image, tag, repository, ofRelease) => {
  expect(image).toMatch(imagePattern);
  expect(tagOf(image)).toBe(tag);
  expect(repositoryOf(image)).toBe(repository);
  expect(imageOf(image, "5.0.0")).toBe(ofRelease);
  expect(isPinned(image)).toBe(ofRelease === image);
});

test.each([
  "",
  "https://registry.example/api",
  "registry.example/API",
  "registry.example/api:",
  "registry.example/api:5.0.0:5.0.0",
  "registry.example/api@sha256:12",
  `registry.example/api@${digest}:5.0.0`,
  "registry.example//api",
  "registry.example/api ",
  "registry.example/-api",
  "${REGISTRY}/api",
])("%j is none", (image) => expect(image).not.toMatch(imagePattern));

test.each([
  ["5.0.0", "5.0.0", true],
  ["v5.0.0", "5.0.0", true],
  ["prism-5.0.0-alpine", "5.0.0", true],
  ["prism.5.0.0", "5.0.0", true],
  ["15.0.0", "5.0.0", false],
  ["1.5.0.0", "5.0.0", false],
  ["5.0.01", "5.0.0", false],
  ["5.0.0.1", "5.0.0", false],
  ["5x0x0", "5.0.0", false],
  ["phase4-v0.2.0", "phase4-v0.2.0", true],
  ["sha-4728e19", "4728e19", true],
  ["4728e190aa", "4728e19", true],
  ["latest", "5.0.0", false],
  ["5", "5", true],
  ["v5-alpine", "5", true],
  ["15", "5", false],
  ["v51", "5", false],
  ["5.1", "5", false],
  ["17.6", "1", false],
  ["v51", "v5", false],
  ["5.0.0rc1", "rc1", true],
  ["1_0", "1+0", false],
  ["11", "1+", false],
])("the tag %s is of the release %s: %s", (tag, release, is) => expect(isOfRelease(tag, release)).toBe(is));
