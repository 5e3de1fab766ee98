/** Namespaces of others that the stack uses: those that it cannot use are refused before anything is changed. */
import { refuseUnfitGuests } from "../../../stack/guests";
import { readerOf, uid } from "../../support/cluster-reader";

const owner = { project: "runsheet", stack: "staging" };
const labels = (stack: string) => ({ "runsheet/project": "runsheet", "runsheet/stack": stack });
const path = "/api/v1/namespaces/production";
const title = "namespaces cannot be used as they are; nothing was changed:\n  - the namespace production ";

const refused = (namespace: object | undefined, record?: object) =>
  refuseUnfitGuests(
    {
      uid,
      read: readerOf({
        ...(namespace && { [path]: { metadata: namespace } }),
        ...(record && { [`${path}/configmaps/live-database`]: { metadata: record } }),
      }),
    },
    [{ system: "omniops", namespace: "production" }],
    owner,
  ).then(
    () => undefined,
    (error: Error) => error.message,
  );

test.each([
  ["before the first up", undefined],
  ["with the record of this stack", { labels: labels("staging") }],
])("one of the team is used %s", async (_, record) => expect(await refused({}, record)).toBeUndefined());

test("one that does not exist is refused", async () =>
  expect(await refused(undefined)).toBe(
    `${title}does not exist, and omniops:namespace.create is false: create it, or set omniops:namespace.create to true`,
  ));

test("one that this stack made is refused, for it would be deleted", async () =>
  expect(await refused({ labels: labels("staging") })).toBe(
    `${title}was made by this stack, and omniops:namespace.create is false, which would delete it with everything in it: set omniops:namespace.create to true`,
  ));

test.each([
  ["by the namespace's labels", { labels: labels("other") }, undefined],
  ["by the record's", {}, { labels: labels("other") }],
])("one with a system of another stack is refused: %s", async (_, namespace, record) =>
  expect(await refused(namespace, record)).toBe(
    `${title}has a system of the stack other of the project runsheet: set omniops:namespace.name to another one`,
  ),
);
