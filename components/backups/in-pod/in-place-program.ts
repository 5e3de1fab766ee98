/** Runs a step of a restore into the database that exists: begin, stop, saved, resume, report or take-back. */
import { storeOf } from "../../object-store/in-pod/client";
import { begin, report, resume, saved, stop, takeBack } from "./in-place";
import { originOf } from "./signature";
import { fetchDump } from "./stored";

const steps: Readonly<Record<string, () => Promise<void>>> = {
  begin: () => begin((dump, path) => fetchDump(storeOf(process.env), dump, path, originOf(process.env))),
  stop,
  saved,
  resume,
  report,
  "take-back": takeBack,
};

steps[process.argv[2] ?? ""]!().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
