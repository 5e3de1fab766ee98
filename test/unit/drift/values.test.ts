/** Values of fields: which are found, and which are shown. */
import { keyedPath, printable, shown, valueAt } from "../../../drift/values";

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
const pod = {
  containers: [
    { name: "main", image: "a:1", ports: [{ containerPort: 80 }, { containerPort: 53, protocol: "UDP" }] },
    { name: "side", volumeMounts: [{ mountPath: "/tmp" }] },
  ],
  data: { "a.b/c": "value", 'a"b': "quoted" },
  modes: ["ReadWriteOnce"],
  secret,
};

test.each([
  ["containers[0].image", "a:1"],
  ["containers[main].image", "a:1"],
  ["containers[main].ports[80/TCP].containerPort", 80],
  ["containers[main].ports[53/UDP].containerPort", 53],
  ["containers[side].volumeMounts[/tmp].mountPath", "/tmp"],
  ['data["a.b/c"]', "value"],
  ["modes[ReadWriteOnce]", "ReadWriteOnce"],
  ["containers[7].image", undefined],
  ["containers[other].image", undefined],
  ["data.none.deeper", undefined],
  ["secret.deeper[0]", secret],
])("%s has its value", (path, value) => expect(valueAt(pod, path)).toEqual(value));

test("nothing has no values", () => expect(valueAt(undefined, "a.b")).toBeUndefined());

describe("a place in a list", () => {
  const of = (...names: string[]) => ({ env: names.map((name) => ({ name })) });
  test.each([
    ["has the name that its item keeps", of("A"), of("A"), "env[A].value"],
    ["has the name of an item that is new", of(), of("A"), "env[A].value"],
    ["has the name of an item that is gone", of("A"), of(), "env[A].value"],
    ["has its number where another item is in it now", of("A"), of("B"), "env[0].value"],
    ["has its number where items have no names", { env: [1] }, { env: [2] }, "env[0].value"],
  ])("%s", (_, before, after, path) => expect(keyedPath("env[0].value", before, after)).toBe(path));

  test("is found below another one, too", () =>
    expect(keyedPath("containers[0].ports[1].containerPort", pod, pod)).toBe(
      "containers[main].ports[53/UDP].containerPort",
    ));
});

test.each([
  ["spec.replicas", 2, 3, { from: "2", to: "3" }],
  ["spec.suspend", undefined, false, { to: "false" }],
  ["metadata.labels.a", "b", null, { from: "b" }],
  ['data["migrate.sh"]', "#!/bin/sh\nPGPASSWORD=x", "exit 0", { from: "#!/bin/sh...", to: "exit 0" }],
  ["data.long", "x".repeat(61), "y".repeat(60), { from: `${"x".repeat(60)}...`, to: "y".repeat(60) }],
])("%s is shown", (path, from, to, both) => expect(shown(path, from, to)).toEqual(both));

test.each([
  ["a variable", "spec.template.spec.containers[main].env[DEBUG].value", "a", "b"],
  ["a secret that was plain", "data.a", "plain", secret],
  ["a plain value in a secret's place", "data.a", secret, "plain"],
  ["the engine's word for a secret", "data.a", "[secret]", "plain"],
  ["what has parts", "spec.ingress", [{}], "all"],
  ["a password by its name", "data.DB_PASSWORD", "a", "b"],
  ["a key by its name", "data.apiKey", "a", "b"],
  ["an argument with a password", "spec.args[0]", "--port=1", "--requirepass=x"],
  ["an address with a password", "data.url", undefined, "postgres://user:word@host/db"],
  ["a key's file", "data.file", "-----BEGIN EC PARAMETERS-----\nx", "y"],
])("%s is not", (_, path, from, to) => expect(shown(path, from, to)).toEqual({}));

test("a terminal is not told what to do", () => {
  expect(shown("spec.a", "\u001b[31mred\u0007", "b\r\nc")).toEqual({ from: "[31mred", to: "b..." });
  expect(printable("a\tb\nc\u009b1m")).toBe("a\tb\nc1m");
});
