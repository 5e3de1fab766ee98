import { pullSecretsFor } from "../../../../components/kubernetes/registries";

const digest = `@sha256:${"a".repeat(64)}`;

test.each([
  ["registry.example:5000", `registry.example:5000/team/api:5.0.0${digest}`],
  ["registry.example:5000", "registry.example:5000/api"],
  ["registry.example", `registry.example/api${digest}`],
  ["localhost", "localhost/api"],
  ["Team", "Team/api"],
  ["docker.io", "api:5.0.0"],
  ["docker.io", `team/api${digest}`],
])("the login of %s is for %s", (host, image) =>
  expect(pullSecretsFor("logins", [host], [image])).toEqual([{ name: "logins" }]),
);

test.each([
  ["registry.example", "registry.example:5000/api"],
  ["registry.example", "api:5.0.0"],
  ["docker.io", `registry.example/api${digest}`],
])("the login of %s is not for %s", (host, image) => expect(pullSecretsFor("logins", [host], [image])).toBeUndefined());
