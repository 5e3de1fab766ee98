import { difference, withoutContent } from "../../../../../components/checks/in-pod/expect";

test.each([
  [{ status: "healthy", extra: 1 }, { status: "healthy" }],
  [{ tax: 12.5 }, { tax: "<number>" }],
  [{ bands: [1, 2] }, { bands: "<array>" }],
  [{ id: "00000000-0000-4000-8000-000000000001" }, { id: "<uuid>" }],
  [{ missing: [] }, { missing: [] }],
  [
    { redis: "ok", models: null },
    { redis: "<value>", models: "<value>" },
  ],
  [{ a: { b: null } }, { a: { b: null } }],
])("%j is what %j expects", (value, expected) => expect(difference(value, expected)).toBeUndefined());

test.each([
  [{ status: "degraded" }, { status: "healthy" }, 'status is "degraded", expected "healthy"'],
  [{}, { status: "healthy" }, 'status is missing, expected "healthy"'],
  [{ tax: "12" }, { tax: "<number>" }, 'tax is "12", expected a number'],
  [{ a: { b: 1 } }, { a: { b: 2 } }, "a.b is 1, expected 2"],
  [{ missing: ["auth.users"] }, { missing: [] }, 'missing is ["auth.users"], expected []'],
  [[{ a: 1 }], [{ a: 2 }], "[0].a is 1, expected 2"],
  ["text", { status: "healthy" }, 'the answer is "text", expected {"status":"healthy"}'],
  [{ a: 1 }, { a: "<array>" }, "a is 1, expected an array"],
  [{}, { redis: "<value>" }, "redis is missing, expected a value"],
  [null, { status: "healthy" }, 'the answer is null, expected {"status":"healthy"}'],
  [{ id: "x" }, { id: "<uuid>" }, 'id is "x", expected a uuid'],
])("%j is not what %j expects", (value, expected, message) => expect(difference(value, expected)).toBe(message));

test.each([
  [{ users: [{ email: "a@b.example" }] }, { users: [] }, "users is an array of 1, expected []"],
  [{ user: { email: "a@b.example" } }, { user: [] }, "user is an object, expected []"],
  [{ status: "degraded" }, { status: "healthy" }, 'status is "degraded", expected "healthy"'],
  [{}, { status: "healthy" }, 'status is missing, expected "healthy"'],
])("%# of an answer is told without what is in it", (value, expected, message) =>
  expect(difference(value, expected, withoutContent)).toBe(message),
);
