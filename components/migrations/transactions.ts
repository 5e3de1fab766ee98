/** Statements that begin or end transactions, and those that PostgreSQL refuses in one. */
import { tokensOf, type Node } from "./parser";

/**
 * Kinds of statements that PostgreSQL refuses inside a transaction in each of their forms; and DROP SUBSCRIPTION, which it refuses
 * where the subscription has a slot. No statement says whether it has, and all can be outside.
 */
const commands: Readonly<Record<string, string>> = {
  AlterSystemStmt: "ALTER SYSTEM",
  CreatedbStmt: "CREATE DATABASE",
  DropdbStmt: "DROP DATABASE",
  CreateTableSpaceStmt: "CREATE TABLESPACE",
  DropTableSpaceStmt: "DROP TABLESPACE",
  DropSubscriptionStmt: "DROP SUBSCRIPTION",
};

/** Returns why a statement cannot run inside a transaction. Undefined if it can. */
export function refusedInTransaction(node: Node): string | undefined {
  const concurrently = concurrentlyIn(node);
  const reason = concurrently ? `${concurrently} CONCURRENTLY` : runs(node);
  return reason && `${reason}, which PostgreSQL refuses inside a transaction`;
}

function concurrentlyIn(node: Node): string | undefined {
  if (
    ("IndexStmt" in node && node.IndexStmt.concurrent) ||
    ("DropStmt" in node && node.DropStmt.concurrent) ||
    ("ReindexStmt" in node && has("concurrently", node.ReindexStmt.params))
  )
    return "builds or drops an index";
  const detaches = ({ def }: { readonly def?: Node }) =>
    def !== undefined && "PartitionCmd" in def && def.PartitionCmd.concurrent;
  if ("AlterTableStmt" in node && alterations(node).some(detaches)) return "detaches a partition";
  return undefined;
}

function runs(node: Node): string | undefined {
  const command = commandOf(node);
  return command && `runs ${command}`;
}

function commandOf(node: Node): string | undefined {
  if ("VacuumStmt" in node) return node.VacuumStmt.is_vacuumcmd ? "VACUUM" : undefined;
  if ("DiscardStmt" in node) return node.DiscardStmt.target === "DISCARD_ALL" ? "DISCARD ALL" : undefined;
  if ("ClusterStmt" in node) return node.ClusterStmt.relation ? undefined : "CLUSTER of all tables";
  if ("ReindexStmt" in node) {
    const all = /^REINDEX_OBJECT_(DATABASE|SYSTEM|SCHEMA)$/.exec(node.ReindexStmt.kind ?? "")?.[1];
    return all && `REINDEX ${all}`;
  }
  if ("AlterDatabaseStmt" in node)
    return has("tablespace", node.AlterDatabaseStmt.options) ? "ALTER DATABASE SET TABLESPACE" : undefined;
  if ("CreateSubscriptionStmt" in node) {
    const { options } = node.CreateSubscriptionStmt;
    // Without a connection the default is to create no slot.
    return isOff("create_slot", options) || isOff("connect", options) ? undefined : "CREATE SUBSCRIPTION with a slot";
  }
  if ("AlterSubscriptionStmt" in node) return alterSubscription(node.AlterSubscriptionStmt);
  if ("TransactionStmt" in node)
    return /^TRANS_STMT_(COMMIT|ROLLBACK)_PREPARED$/.test(node.TransactionStmt.kind ?? "")
      ? "COMMIT PREPARED or ROLLBACK PREPARED"
      : undefined;
  return commands[Object.keys(node)[0] ?? ""];
}

/** Names a form that is refused by the documentation of ALTER SUBSCRIPTION, up to PostgreSQL 18. */
function alterSubscription({
  kind,
  options,
}: {
  readonly kind?: string;
  readonly options?: Node[];
}): string | undefined {
  if (kind === "ALTER_SUBSCRIPTION_REFRESH") return "ALTER SUBSCRIPTION REFRESH";
  const changed = /^ALTER_SUBSCRIPTION_(SET|ADD|DROP)_PUBLICATION$/.exec(kind ?? "")?.[1];
  if (changed) return isOff("refresh", options) ? undefined : `ALTER SUBSCRIPTION ${changed} PUBLICATION with refresh`;
  if (kind !== "ALTER_SUBSCRIPTION_OPTIONS") return undefined;
  if (valuesOf("failover", options).length > 0) return "ALTER SUBSCRIPTION SET (failover)";
  return isOff("two_phase", options) ? "ALTER SUBSCRIPTION SET (two_phase = false)" : undefined;
}

/** For each option of the name, whether it is on. */
const valuesOf = (name: string, options: readonly Node[] = []): boolean[] =>
  options.flatMap((option) =>
    "DefElem" in option && option.DefElem.defname === name
      ? [!/"sval":"(false|off)"|"ival":\{\}|"boolval":\{\}/i.test(JSON.stringify(option.DefElem.arg ?? ""))]
      : [],
  );

/** True if a statement's options have one that is not off. */
const has = (name: string, options?: readonly Node[]): boolean => valuesOf(name, options).includes(true);

/** True if they have one that is off. */
const isOff = (name: string, options?: readonly Node[]): boolean => valuesOf(name, options).includes(false);

/** The parts of an ALTER TABLE. */
export const alterations = (node: Node) =>
  "AlterTableStmt" in node
    ? (node.AlterTableStmt.cmds ?? []).flatMap((each) => ("AlterTableCmd" in each ? [each.AlterTableCmd] : []))
    : [];

/** Returns what a statement does to the transaction. Undefined for savepoints and for every other statement. */
export function controlOf(node: Node | undefined): "begin" | "commit" | "rollback" | "prepare" | undefined {
  if (node === undefined || !("TransactionStmt" in node)) return undefined;
  switch (node.TransactionStmt.kind) {
    case "TRANS_STMT_BEGIN":
    case "TRANS_STMT_START":
      return "begin";
    case "TRANS_STMT_COMMIT":
      return "commit";
    case "TRANS_STMT_ROLLBACK":
      return "rollback";
    case "TRANS_STMT_PREPARE":
      return "prepare";
    default:
      return undefined;
  }
}

/** True if a block, DO, commits or rolls back, which PostgreSQL refuses inside a transaction. */
export function commitsInside(node: Node): boolean {
  if (!("DoStmt" in node)) return false;
  return bodiesOf(node).some((body) => {
    const words = tokensOf(body)
      .filter(({ tokenName }) => !/COMMENT$/.test(tokenName))
      .map(({ text }) => text.toUpperCase());
    return words.some(
      (each, index) =>
        /^(COMMIT|ROLLBACK)$/.test(each) &&
        /^(;|AND)$/.test(words[index + 1] ?? "") &&
        /^(;|BEGIN|THEN|ELSE|LOOP|>>)$/.test(words[index - 1] ?? ""),
    );
  });
}

/** The text of a block. */
const bodiesOf = (node: Node): string[] =>
  "DoStmt" in node
    ? (node.DoStmt.args ?? []).flatMap((each) =>
        "DefElem" in each && each.DefElem.arg && "String" in each.DefElem.arg && each.DefElem.defname === "as"
          ? [each.DefElem.arg.String.sval ?? ""]
          : [],
      )
    : [];
