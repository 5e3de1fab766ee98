import { standIn, type StandInArgs } from "../../../../components/system/application";

test("a system without a stand-in is an error that names the file and the way out", () => {
  const args = { system: "billing", directory: "lab/stand-in" } as StandInArgs;
  expect(() => standIn(args, {})).toThrow(
    "the system billing has no stand-in: there is no file lab/stand-in/main.billing.ts. Write it, or set billing:application to the images of the real application",
  );
});
