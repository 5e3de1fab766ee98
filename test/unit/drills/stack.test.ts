/** Stack of a drill: its cluster and backend, and the databases that were there before it. */
import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import { DrilledStack } from "../../../drills/stack";

const open = (stack: object) => {
  jest.spyOn(LocalWorkspace, "create").mockResolvedValue({} as never);
  jest.spyOn(Stack, "select").mockResolvedValue(stack as never);
  return DrilledStack.select("local", "");
};

test.each([
  ["s3://states?region=eu-west-1", "s3://states?region=eu-west-1"],
  ["postgres://runsheet:secret@db.example.com/states", "postgres://db.example.com/states"],
  ["postgres://runsheet:se@c/ret@db.example.com/states", "postgres://db.example.com/states"],
  [
    "postgres://db.example.com/states?user=a&password=secret&x=1",
    "postgres://db.example.com/states?user=a&password=***&x=1",
  ],
  ["file:///home/ada@example", "file:///home/ada@example"],
  [undefined, ""],
])("the backend %s is told without a login", async (url, backend) => {
  const stack = await open({
    outputs: () => Promise.resolve({ cluster: { value: { uid: "a-uid" } } }),
    workspace: { whoAmI: () => Promise.resolve({ user: "ada", url }) },
  });
  expect(await stack.state()).toEqual({ cluster: "a-uid", backend });
});

test("a database that exists is told without its login", async () => {
  const urls: Readonly<Record<string, string>> = {
    "prism:databaseUrl": "postgresql://app:secret@db.example.com/prism",
  };
  const stack = await open({ getConfig: (key: string) => Promise.resolve({ value: urls[key] }) });
  expect(await stack.existingAddress("prism")).toBe("db.example.com/prism");
});
