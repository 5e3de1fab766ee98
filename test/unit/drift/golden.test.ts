/** One report in each format for people, as golden files. */
import { join } from "node:path";
import { markdown } from "../../../drift/markdown";
import { text } from "../../../drift/text";
import { expectFiles } from "../../support/golden-files";
import { report } from "./report";

test("a report is what is committed", () =>
  expectFiles(join(__dirname, "../../golden/drift"), { "report.md": markdown(report), "report.txt": text(report) }));
