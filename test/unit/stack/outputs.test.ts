/** Outputs of systems that are no longer part of the stack. */
import { absentIn, withAbsent } from "../../../stack/outputs";

const known = ["prism", "omniops", "pm"];
const database = { live: "prism-postgresql-ab12cd", givenUp: [] };
const prism = { namespace: "prism", database };
const there =
  (...names: string[]) =>
  (namespace: string) =>
    Promise.resolve(names.includes(namespace));

test("a system that is taken out stays among them", () =>
  expect(absentIn({ prism, pm: { release: "2.0" } }, known, ["pm"])).toEqual({ absent: { prism } }));

test("where none was taken out there is nothing of it", () => {
  expect(absentIn({ prism, cluster: { uid: "a" } }, known, known)).toEqual({});
  expect(absentIn({}, known, ["pm"])).toEqual({});
});

test("while its namespace is there it is known, whether or not it comes back", async () => {
  const outputs = await withAbsent({ pm: {}, absent: { prism } }, there("prism"));
  expect(outputs).toEqual({ pm: {}, prism });
  expect(absentIn(outputs, known, ["pm"])).toEqual({ absent: { prism } });
});

test("when its namespace is gone it is forgotten: it would begin anew", async () => {
  expect(await withAbsent({ pm: {}, absent: { prism } }, there("pm"))).toEqual({ pm: {} });
  const behind = { ...prism, namespace: "a-prism" };
  expect(await withAbsent({ absent: { prism: behind } }, there("prism"))).toEqual({});
  // Outputs of a version that named namespaces after their systems.
  expect(await withAbsent({ absent: { prism: { database } } }, there("prism"))).toEqual({ prism: { database } });
});
