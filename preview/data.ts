/** Changes that take data with them. */
import type { Change } from "../engine/change";
import { holdingData } from "../policy/rules";
import type { Danger } from "./told";
import { toldChange } from "./verbs";

/** Losses beside those that the policy pack guards, by type. */
const losses: Readonly<Record<string, string>> = {
  "kubernetes:postgresql.cnpg.io/v1:Database": "holds data",
  "aws:s3/bucket:Bucket": "holds the backups",
  "random:index/randomPassword:RandomPassword": "is a generated password, and what was made with it knows no other",
};

/** Explains what is lost with a resource. Undefined if it holds nothing that cannot be made again. */
function lossOf({ type, name }: Change): string | undefined {
  // The name of a database's archive: its backups are found by it.
  if (type === "random:index/randomId:RandomId" && name.endsWith("-server"))
    return "is the name of a database's archive, and its backups are not found by another one";
  return holdingData[type] ?? losses[type];
}

/** Lists the replacements and deletions of what holds data, by system; passwords and names after the data. */
export const dangersIn = (changes: readonly Change[]): Danger[] =>
  changes
    .flatMap((change): Danger[] => {
      const { operation, system, step } = change;
      if (operation !== "replace" && operation !== "delete") return [];
      const loss = lossOf(change);
      const told = toldChange(change);
      if (loss === undefined || told === undefined) return [];
      return [{ ...told, verb: operation, ...(system && { system }), ...(step && { step }), loss }];
    })
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));

const rank = ({ system = "", kind, name }: Danger) =>
  [system, kind.startsWith("Random") ? "1" : "0", kind, name].join(" ");
