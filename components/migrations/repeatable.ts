import { parsedStatementsOf } from "./statements";
import { controlOf } from "./transactions";

/** Commands of psql's that change nothing outside of the transaction: others run files, programs or statements of a result. */
const harmless = /^(set|unset|pset|if|elif|else|endif|echo|qecho|warn|gset)$/;

/** True if nothing of a script stays when it fails: its first and last statements are its only begin and commit. */
export function isOneTransaction(sql: string): boolean {
  const statements = parsedStatementsOf(sql, { psql: true });
  if (!statements.every(({ commands }) => commands.every((each) => harmless.test(each)))) return false;
  const controls = statements
    .filter(({ sql: text }) => text.trim() !== "")
    .map(({ node }) => controlOf(node) ?? "other");
  return /^begin( other)* commit$/.test(controls.join(" "));
}
