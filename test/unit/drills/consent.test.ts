/** Consent to a drill, which also identifies the cluster. */
import { placeOf, question } from "../../../drills/consent";
import type { Kubectl } from "../../../drills/kubectl";

const kubectl = { run: (...args: string[]) => Promise.resolve(args.includes("kube-system") ? "a-uid" : "") };
const place = (pinned: string | undefined) => placeOf("production", "eu-1", kubectl as Kubectl, pinned);

test.each(["a-uid", undefined])(
  "the cluster of the last up is taken, or any where it did not say (%s)",
  async (pinned) => expect(await place(pinned)).toEqual({ stack: "production", context: "eu-1", cluster: "a-uid" }),
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

test("a warning stands before the cluster", () =>
  expect(
    question(
      { stack: "production", context: "eu-1", cluster: "a-uid" },
      { name: "database-corruption", description: "a table is damaged" },
      "pm",
      "What is written meanwhile is lost",
    ).text.split("\n"),
  ).toEqual([
    "database-corruption on pm of the stack production: a table is damaged.",
    "What is written meanwhile is lost.",
    "It is in the cluster a-uid, to which the context eu-1 leads. This is a real disaster for what runs there.",
    'Type "production in eu-1" to go on: ',
  ]));
