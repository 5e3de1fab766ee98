/** The key `registries`, of a system and of the stack. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration } from "../../../stack/config";
import { collectResources } from "../../support/mocks";

const stack: Record<string, string> = {
  "runsheet:context": "somewhere",
  "runsheet:systems": '["mued"]',
  "runsheet:protect": "false",
  "mued:release": "2.0.0",
  "mued:application": '{"standIn":true}',
  "mued:postgres": '{"engine":"cloudnativepg"}',
};

beforeEach(() => void collectResources());

function read(registries: unknown, secrets: Record<string, string> = {}) {
  const config = { ...stack, "mued:registries": JSON.stringify(registries), ...secrets };
  pulumi.runtime.setAllConfig(config, Object.keys(secrets));
  return readConfiguration().systems[0]!;
}

const login = { username: "robot", password: "registryPassword" };

// An entry that is wrong beside it leaves the secret key known.
test.each([
  ["mued", { ...login, username: 12_345 }, 'username is 12345; it must be text in quotation marks: "12345"'],
  ["runsheet", { ...login, username: "" }, 'username is ""; it must not be empty'],
])("an error in a login of %s is one error alone", (namespace, wrong, message) => {
  const registries = JSON.stringify({
    "registry.example": wrong,
    "other.example": { ...login, password: "otherPassword" },
  });
  const secrets = { [`${namespace}:registryPassword`]: "s", [`${namespace}:otherPassword`]: "s" };
  const config = { ...stack, [`${namespace}:registries`]: registries, ...secrets };
  pulumi.runtime.setAllConfig(config, Object.keys(secrets));
  expect(() => readConfiguration()).toThrow(
    `the configuration of stack test has a problem; nothing was changed:\n  - ${namespace}:registries.registry.example.${message}`,
  );
});

test("the command that is advised finds the place within a host", () =>
  expect(() => read({ "registry.example": { ...login, username: 12_345 } })).toThrow(
    `set it with: pulumi config set --path --type string 'mued:registries["registry.example"].username' 12345`,
  ));

test("a password is a secret key of the system", () => {
  const { settings, secrets } = read({ "registry.example": login }, { "mued:registryPassword": "secret" });
  expect(settings.registries).toEqual({ "registry.example": login });
  expect(Object.keys(secrets)).toEqual(["registryPassword"]);
});

test.each([
  [
    { "registry.example": login },
    "mued:registryPassword is missing: password of the registry registry.example; set it with: pulumi config set --secret mued:registryPassword",
  ],
  [
    { "registry.example": { ...login, password: "release" } },
    "mued:registries.registry.example.password names release, and mued:release is no secret; name a secret key",
  ],
  [
    { "https://registry.example": login },
    'mued:registries.https://registry.example is "https://registry.example"; it must be the host of a registry, such ' +
      "as registry.example or registry.example:5000, without https:// and a path",
  ],
  [
    { "registry.example/team": login },
    "it must be the host of a registry, such as registry.example or registry.example:5000, without https:// and a path",
  ],
  [{ team: login }, 'mued:registries.team is "team"; it must be the host of a registry'],
  [
    { "registry.example": { username: "robot", password: "p@ss" } },
    "it must be the name of a secret key of this namespace, such as apiToken",
  ],
  [
    { "registry.example": { ...login, email: "a@b.c" } },
    "unknown key mued:registries.registry.example.email; the keys of mued:registries.registry.example are username, password",
  ],
])("%j is refused", (registries, message) => expect(() => read(registries)).toThrow(message));

describe("of the stack", () => {
  function readStack(registries: unknown, secrets: Record<string, string> = {}) {
    const config = { ...stack, "runsheet:registries": JSON.stringify(registries), ...secrets };
    pulumi.runtime.setAllConfig(config, Object.keys(secrets));
    return readConfiguration().registries;
  }

  test("a password is a secret key of the stack", async () => {
    const registries = readStack({ "registry.example": login }, { "runsheet:registryPassword": "secret" });
    const { username, password } = registries!["registry.example"]!;
    expect([username, await new Promise((resolve) => pulumi.output(password).apply(resolve))]).toEqual([
      "robot",
      "secret",
    ]);
    expect(await pulumi.isSecret(pulumi.output(password))).toBe(true);
  });

  test("without the key there are none", () => expect(readStack({})).toBeUndefined());

  test.each([
    [
      { "registry.example": login, "registry.example:5000": login },
      "the configuration of stack test has a problem; nothing was changed:\n  - runsheet:registryPassword is missing: " +
        "password of the registry registry.example; set it with: pulumi config set --secret runsheet:registryPassword",
    ],
    [
      { "registry.example": { ...login, password: "context" } },
      "the configuration of stack test has a problem; nothing was changed:\n  - runsheet:registries.registry.example.password " +
        "names context, and runsheet:context is no secret; name a secret key, such as one that you set with: " +
        "pulumi config set --secret runsheet:registryPassword",
    ],
  ])("%j is refused", (registries, message) => expect(() => readStack(registries)).toThrow(new Error(message)));
});
