/**
 * SQL of the Sqitch projects that Runsheet ships, as a team would have written it for its own tool: without commands of
 * psql's, without transactions and timeouts of its own, and without Runsheet's guards against what is there already.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const systems = join(__dirname, "..", "..", "..", "systems");

/** Returns the SQL of a system's file, such as `baseline.sql` or `migrations/deploy/ai_feedback.sql`. */
export function plainSql(system: string, file: string): string {
  const text = conversions.reduce(
    (sql, [pattern, by]) => sql.replace(pattern, by as string),
    readFileSync(join(systems, system, file), "utf8"),
  );
  const left = /^\\.*|.*pg_temp.*|.*Sqitch.*/m.exec(text)?.[0];
  if (left !== undefined) throw new Error(`systems/${system}/${file} has what no team has: ${left}`);
  return text.trim() + "\n";
}

/** Splits plain SQL, in which a statement ends at the end of a line, into statements with their comments. */
export function statementsIn(sql: string): string[] {
  const statements: string[] = [];
  let open = "";
  for (const line of sql.split("\n")) {
    open += `${line}\n`;
    const isComment = line.trimStart().startsWith("--");
    const inBody = (open.match(/\$\w*\$/g) ?? []).length % 2 === 1;
    if (isComment || inBody || !line.endsWith(";")) continue;
    statements.push(open.trim());
    open = "";
  }
  if (open.trim() !== "") throw new Error(`a statement does not end: ${open}`);
  return statements;
}

type Conversion = readonly [RegExp, string | ((...found: string[]) => string)];

const identifier = String.raw`'(\w+)'`;
const call = (procedure: string) =>
  new RegExp(
    String.raw`CALL pg_temp\.${procedure}\(\s*${[identifier, identifier, identifier, identifier].join(String.raw`,\s*`)}\s*\);`,
    "g",
  );

const conversions: readonly Conversion[] = [
  // The head of a file is about Runsheet's own version of it.
  [/^(--.*\n)+/, ""],
  [/^-- squawk-ignore.*\n/gm, ""],
  [/^(BEGIN|COMMIT);\n/gm, ""],
  [/^SET (LOCAL )?(lock_timeout|statement_timeout|client_min_messages) = .*;\n/gm, ""],
  [/^\\ir .*\n/gm, ""],
  [/^SELECT pg_temp\.build_index\((?:(?!\n\\g)[\s\S])*\n\\gexec\n/gm, (block) => indexesOf(block)],
  [
    /^SELECT format\('ALTER TABLE \S+ ADD CONSTRAINT %I CHECK (?:(?!\n\\g)[\s\S])*\n\\gexec\n/gm,
    (block) => checksOf(block),
  ],
  // What a schema may have already, asked of psql's variables.
  [/^(--.*\n)*SELECT (?:(?!;\n|\n\\g)[\s\S])*\n\\(gset|gexec)\n/gm, ""],
  [/^\\(if|endif).*\n/gm, ""],
  [/^(--.*\n)*CREATE OR REPLACE (FUNCTION|PROCEDURE) pg_temp\.[\s\S]*?^\$\$;\n/gm, ""],
  [/^(--.*\n)*DO \$\$\n[\s\S]*?^\$\$;\n/gm, (block) => (block.includes("pg_temp.") ? enumsOf(block) : block)],
  // Comments of tables say which change made them.
  [/ ?Made by Sqitch change \w+\./g, ""],
  [
    call("add_foreign_key"),
    "ALTER TABLE public.$1 ADD CONSTRAINT $2 FOREIGN KEY ($3) REFERENCES public.$4 (id) ON DELETE CASCADE NOT VALID;",
  ],
  [call("validate_foreign_key"), "ALTER TABLE public.$1 VALIDATE CONSTRAINT $2;"],
  [/\n{3,}/g, "\n\n"],
];

/** Statements for the indexes that are built after a transaction. */
const indexesOf = (block: string) =>
  [...block.matchAll(/\('((?:UNIQUE )?INDEX)',\s*'(\w+)',\s*(?:'([^']*)'|\$index\$(.*?)\$index\$)\)/g)]
    .map(([, kind, name, plain, quoted]) => `CREATE ${kind} ${name} ON public.${plain ?? quoted};\n`)
    .join("");

/** Statements for the CHECKs that a table may have already. */
const checksOf = (block: string) =>
  [...block.matchAll(/\('(\w+)',\s*(?:'([^']*)'|\$check\$(.*?)\$check\$)\)/g)]
    .map(([, name, plain, quoted]) => {
      const table = /ALTER TABLE (\S+)/.exec(block)![1]!;
      return `ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${plain ?? quoted}) NOT VALID;\n`;
    })
    .join("");

/** Statements for the enums that a block of guards makes. */
const enumsOf = (block: string) =>
  [...block.matchAll(/make_enum\(('(\w+)'(?:,\s*'\w+')+)\)/g)]
    .map(([, list, name]) => `CREATE TYPE public.${name} AS ENUM (${list!.replace(/^'\w+',\s*/, "")});\n`)
    .join("");
