import { imageOf, imagePattern, isPinned, repositoryOf, tagOf } from "../../../../components/kubernetes/image-tag";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

test.each([
  ["prism-api", undefined, "prism-api", "prism-api:5.0.0"],
  ["registry.example/prism-api", undefined, "registry.example/prism-api", "registry.example/prism-api:5.0.0"],
  ["registry:5000/team/api", undefined, "registry:5000/team/api", "registry:5000/team/api:5.0.0"],
  ["registry:5000/team/api:v5.0.0", "v5.0.0", "registry:5000/team/api", "registry:5000/team/api:v5.0.0"],
  [`registry:5000/api@${digest}`, undefined, "registry:5000/api", `registry:5000/api@${digest}`],
  [`registry.example/api:5.0.0@${digest}`, "5.0.0", "registry.example/api", `registry.example/api:5.0.0@${digest}`],
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
