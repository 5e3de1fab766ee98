import { requireApplicationRole, type SystemDescription } from "../../../../components/system/description";

const described = (roles: SystemDescription["database"]["roles"]): SystemDescription => ({
  name: "seventh",
  title: "A runbook",
  foundation: { title: "Prerequisites" },
  database: { applicationRole: "seventh_app", roles },
});

test("an application whose role logs in is accepted", () => {
  expect(() => requireApplicationRole(described([{ name: "seventh_app", login: true }]))).not.toThrow();
});

test.each([
  ["is not declared", [{ name: "seventh_read_only", login: true }], "seventh_read_only"],
  ["does not log in", [{ name: "seventh_app" }], "none"],
])("an application role that %s is refused by name", (_, roles, logins) => {
  expect(() => requireApplicationRole(described(roles))).toThrow(
    `the system seventh has the application role "seventh_app", and no role of that name logs in; those that do: ${logins}. ` +
      'Add { name: "seventh_app", login: true } to its database.roles',
  );
});
