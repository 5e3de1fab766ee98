/** Consent to a drill, which also identifies the cluster. */
import { expectSamePlace, placeOf, question } from "../../../drills/consent";
import type { Kubectl } from "../../../drills/kubectl";

const kubectl = { run: (...args: string[]) => Promise.resolve(args.includes("kube-system") ? "a-uid" : "") };
const backend = "s3://states";
const place = (pinned: string | undefined) =>
  placeOf("production", "eu-1", kubectl as Kubectl, { cluster: pinned, backend });

test.each(["a-uid", undefined])(
  "the cluster of the last up is taken, or any where it did not say (%s)",
  async (pinned) =>
    expect(await place(pinned)).toEqual({ stack: "production", context: "eu-1", cluster: "a-uid", backend }),
);

test("another one is refused", () =>
  expect(place("another-uid")).rejects.toThrow(
    'the context "eu-1" leads to the cluster a-uid, but the last up of the stack production was in another-uid; nothing was done. Correct runsheet:context or the kubeconfig',
  ));

test("who is asked has to type both names", () =>
  expect(
    question(
      { stack: "production", context: "eu-1", cluster: "a-uid" },
      { name: "lost-cluster", description: "all is lost" },
      "stack",
    ),
  ).toEqual({
    yes: "production in eu-1",
    text: [
      "lost-cluster on stack of the stack production: all is lost.",
      "It is in the cluster a-uid, to which the context eu-1 leads. This is a real disaster for what runs there.",
      'Type "production in eu-1" to go on: ',
    ].join("\n"),
  }));

const before = { stack: "production", context: "eu-1", cluster: "a-uid", backend };

test("a context or a backend that was turned during a drill is an error", () => {
  expect(() => expectSamePlace(before, { ...before })).not.toThrow();
  expect(() => expectSamePlace(before, { ...before, cluster: "another-uid" })).toThrow(
    'the context "eu-1" leads to the cluster another-uid, and it was a-uid when the drill began; nothing more was done. Lead it back there, and continue the drill',
  );
  expect(() => expectSamePlace(before, { ...before, backend: "file://~" })).toThrow(
    "Pulumi's backend is file://~, and it was s3://states when the drill began; nothing more was done. Lead it back there, and continue the drill",
  );
});

test("warnings stand before the cluster", () =>
  expect(
    question(
      { stack: "production", context: "eu-1", cluster: "a-uid" },
      { name: "database-corruption", description: "a table is damaged" },
      "pm",
      ["The database of pm was not made by the stack: db.example.com/pm", "What is written meanwhile is lost"],
    ).text.split("\n"),
  ).toEqual([
    "database-corruption on pm of the stack production: a table is damaged.",
    "The database of pm was not made by the stack: db.example.com/pm.",
    "What is written meanwhile is lost.",
    "It is in the cluster a-uid, to which the context eu-1 leads. This is a real disaster for what runs there.",
    'Type "production in eu-1" to go on: ',
  ]));
