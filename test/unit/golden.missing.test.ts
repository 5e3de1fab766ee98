/** List of what is missing in the files of staging and production, which a preview of a fresh clone prints. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfiguration } from "../../stack/config";
import { marksIn, placeOf } from "../../stack/unset";
import { FilledStack, secretsOf } from "../support/filled-stack";
import { goldenDirectory } from "../support/golden";
import { collectResources } from "../support/mocks";
import { configurationOf, setStackConfiguration } from "../support/stack-configuration";

/** The error that the configuration is refused with. Undefined if it is not. */
function refused(stack: string, ...more: [changes?: object, secrets?: Readonly<Record<string, string>>]) {
  collectResources("runsheet", stack);
  setStackConfiguration(stack, ...(more as [Record<string, unknown>, Record<string, string>]));
  try {
    readConfiguration();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const texts = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
};

describe.each(["staging", "production"])("stack %s", (stack) => {
  const filled = new FilledStack(stack);
  afterAll(() => filled.remove());

  const config = Object.entries(configurationOf(stack));
  const marked = config.flatMap(([key, value]) => marksIn(value).map((mark) => placeOf(key, mark.path)));
  /** Places and secrets in the order of the list. */
  const listed = (message: string) => [...message.matchAll(/^ {2}- (\S+) is missing: /gm)].map(([, place]) => place!);

  test("the fresh file is refused with one list", () => {
    const file = `${goldenDirectory(stack)}.missing.txt`;
    const message = `${refused(stack)}\n`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, message);
    expect(message).toBe(readFileSync(file, "utf8"));
  });

  test("the list has every mark in the order of the file, and every required secret", () => {
    const places = listed(refused(stack)!);
    expect(places.filter((place) => marked.includes(place))).toEqual(marked);
    const ofBackups = ["backupsRetentionAccessKeyId", "backupsRetentionSecretAccessKey", "backupsSigningKey"];
    const optional = ["databaseDirectUrl", "slackWebhookUrl", ...ofBackups];
    const required = Object.keys(secretsOf(stack)).filter(
      (key) => key === "omniops:slackWebhookUrl" || !optional.includes(key.split(":")[1]!),
    );
    expect(places.filter((place) => !marked.includes(place)).sort()).toEqual(required.sort());
  });

  test("every text in angle brackets is a mark", () => {
    const bracketed = texts(Object.fromEntries(config)).filter((text) => /[<>]/.test(text));
    expect(bracketed.filter((text) => marksIn(text).length === 0)).toEqual([]);
  });

  test("the tests have a value for every mark", () => expect(() => filled.changes()).not.toThrow());

  test("no secret is in the file", () => {
    const text = readFileSync(join(__dirname, "..", "..", `Pulumi.${stack}.yaml`), "utf8");
    expect(text).not.toMatch(/secure:|encryptionsalt|postgres(ql)?:\/\/|rediss?:\/\/[^)]/);
  });

  test("with the marks set the secrets are missing, and with these nothing is", () => {
    const secrets = secretsOf(stack);
    const places = listed(refused(stack, filled.changes())!);
    expect(places.filter((place) => !(place in secrets))).toEqual([]);
    expect(refused(stack, filled.changes(), secrets)).toBeUndefined();
  });
});

test("staging and production share no value that leads to a host or a database", () => {
  const [staging, production] = ["staging", "production"].map((stack) =>
    texts(configurationOf(stack)).filter((text) => marksIn(text).length === 0 && /\.|:\/\//.test(text)),
  );
  expect(staging!.filter((text) => production!.includes(text))).toEqual(["phase4-v0.2.0", "v2.0"]);
  expect(configurationOf("staging")["runsheet:namespacePrefix"]).toBe("staging-");
});
