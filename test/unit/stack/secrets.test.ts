/** Secrets that the configuration names, and the key `secret`. */
import { secret, secretProblems } from "../../../components/system/secret-settings";
import type { ConfiguredSystem } from "../../../stack/configured-system";
import { refuseUnfitSecrets } from "../../../stack/secrets";
import { readerOf, uid } from "../../support/cluster-reader";

const keys = { OPENAI_API_KEY: "openai-api-key", SENTRY_DSN: "sentry" };
const path = "/api/v1/namespaces/production/secrets/omniops-secrets";
const title = "Secrets cannot be used as configured; nothing was changed:\n  - the Secret production/omniops-secrets ";

const refused = (settings: object, found?: object) =>
  refuseUnfitSecrets(
    { uid, read: readerOf({ ...(found && { [path]: found }) }) },
    [
      {
        system: { name: "omniops" },
        settings: { namespace: { name: "production", create: false }, secret: settings },
      },
    ] as unknown as ConfiguredSystem[],
    "",
  ).then(
    () => undefined,
    (error: Error) => error.message,
  );

describe("a Secret of others", () => {
  const others = { name: "omniops-secrets", create: false, keys };
  const data = { "openai-api-key": "eA==", sentry: "eA==" };

  test("with its keys is used", async () => expect(await refused(others, { metadata: {}, data })).toBeUndefined());

  test("is not one of the stack's own, which would be deleted", async () => {
    const annotations = { "pulumi.com/patchForce": "true", "pulumi.com/deletionPropagationPolicy": "background" };
    expect(await refused(others, { metadata: { annotations }, data })).toBe(
      `${title}was made by Runsheet, which deletes it when omniops:secret.create is false: make one of another name, and set omniops:secret.name to it`,
    );
  });

  test("that is missing is refused", async () =>
    expect(await refused(others)).toBe(
      `${title}does not exist, and omniops:secret.create is false: make it first, or correct omniops:secret.name`,
    ));

  test.each([
    [{ sentry: "eA==" }, "openai-api-key for OPENAI_API_KEY; it has sentry"],
    [undefined, "openai-api-key for OPENAI_API_KEY, sentry for SENTRY_DSN; it has none"],
  ])("that lacks a key is refused without any value: %j", async (data, lacks) =>
    expect(await refused(others, { metadata: {}, data })).toBe(
      `${title}lacks the key ${lacks}: add it, or correct omniops:secret.keys`,
    ),
  );
});

describe("a Secret of the stack's own", () => {
  const own = { name: "omniops-secrets", create: true, keys };
  const annotations = { "pulumi.com/patchForce": "true", "pulumi.com/deletionPropagationPolicy": "background" };

  test("is not there, or is the stack's", async () => {
    expect(await refused(own)).toBeUndefined();
    expect(await refused(own, { metadata: { annotations } })).toBeUndefined();
  });

  test("never takes the place of another tool's", async () =>
    expect(await refused(own, { metadata: {} })).toBe(
      `${title}was made by another tool, and would be overwritten: set omniops:secret.create to false to read it, with omniops:secret.keys for its variables, or omniops:secret.name to another name`,
    ));

  test("may have a name that is generated", async () =>
    expect(await refused({ create: true, keys: {} }, { metadata: {} })).toBeUndefined());
});

describe("the key", () => {
  const variables = {
    required: { openaiApiKey: "OPENAI_API_KEY" },
    optional: { sentryDsn: "SENTRY_DSN", slackWebhookUrl: "SLACK_WEBHOOK_URL" },
    notForPods: ["SLACK_WEBHOOK_URL"],
  };
  const problems = (settings: object, set: string[] = []) =>
    secretProblems("omniops", { secret: secret().parse(settings) }, variables, set);

  test("has the runbook's names as its defaults", () => {
    expect(secret({ name: "omniops-secrets", keys }).parse({})).toEqual({
      name: "omniops-secrets",
      create: true,
      keys,
    });
    expect(secret().parse({})).toEqual({ create: true, keys: {} });
  });

  test.each([
    [{}, [], []],
    [{ name: "app", keys }, ["openaiApiKey"], []],
    [{ name: "app", create: false, keys }, [], []],
    [{ keys }, [], ["secret.name is missing; set it to the name of the Secret"]],
    [
      { create: false },
      [],
      [
        "secret.name is missing; set it to the name of the Secret",
        "secret.keys is empty, and secret.create is false; name the variables that come from the Secret, and its keys",
      ],
    ],
    [
      { name: "app", keys: { SLACK_WEBHOOK_URL: "slack" } },
      [],
      ["secret.keys.SLACK_WEBHOOK_URL is no secret variable of the pods; those are OPENAI_API_KEY, SENTRY_DSN"],
    ],
    [
      { name: "app", create: false, keys },
      ["openaiApiKey"],
      [
        "openaiApiKey is set, and secret.keys says that the Secret app has its variable; remove one of the two: pulumi config rm omniops:openaiApiKey",
      ],
    ],
  ])("%j with the secret keys %j", (settings, set, expected) => expect(problems(settings, set)).toEqual(expected));
});
