/**
 * The stack's file as it was written. Pulumi hands over 2.10 without quotation marks as 2.1, 0123456 as 42798, and a date as
 * a time: what was written is seen in the file alone.
 */
import * as pulumi from "@pulumi/pulumi";
import { existsSync, readFileSync } from "node:fs";
import type * as yaml from "yaml";

/** Time as Go prints it, which is what Pulumi makes of a date. */
const goTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \S+$/;

/** The key that takes a time, and reads it in this form, too. */
const takesTime = /:restore\.from$/;

/** Forms of which YAML makes something else than was written: 0123, 1_000, 2026-01-02. */
const odd = /(^|[\s,:[{-])[-+]?(0\d|\d+_\d)|:\s+\d{4}-\d/;

/**
 * Values of the stack's file, if it is where Pulumi looks for it. `--config-file` names another, which nobody sees here: the
 * file is taken for that of the stack unless another value says that it is not.
 */
export class WrittenValues {
  private readonly text: string;
  private document?: yaml.Document;
  private ofStack?: boolean;

  /**
   * @param config all values as they reached the program
   * @param file name of the stack's file. Default: that of the stack, in the program's directory
   */
  constructor(
    private readonly config: Readonly<Record<string, string>>,
    readonly file = `Pulumi.${pulumi.getStack()}.yaml`,
  ) {
    this.text = existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /**
   * Returns the problems of a key whose value is not what was written.
   * @param value as it reached the program
   * @param isText whether the key takes text, so that a number in the file is one problem more
   */
  problems(key: string, value: unknown, isText: boolean): string[] {
    const isConvertible = isText && /^(true|false|[-+]?[.\d]+(e[-+]?\d+)?)$/i.test(String(value));
    // To parse the file takes longer than to read the whole configuration.
    const node = isConvertible || odd.test(this.text) ? this.find([key]) : undefined;
    return this.differences(node !== undefined && this.isOfStack() ? node : undefined, value, key, isText);
  }

  /** Returns how a number was written that is to be text. Undefined if nothing is known of it. */
  source(key: string, path: readonly PropertyKey[], value: number | boolean): string | undefined {
    const node = this.find([key, ...path]);
    return isPlain(node) && isMadeOf(value, node.source) ? node.source : undefined;
  }

  private find(path: readonly PropertyKey[]): unknown {
    this.document ??= library().parseDocument(this.text);
    return this.document.getIn(["config", ...path], true);
  }

  /** Tells whether no text of the file is another in the configuration. */
  private isOfStack(): boolean {
    return (this.ofStack ??= Object.entries(this.config).every(([key, value]) => {
      const node = this.find([key]);
      if (!isNode(node) || !library().isScalar(node) || node.value === null) return true;
      return node.value === value || (isPlain(node) && isMadeOf(value, node.source));
    }));
  }

  private differences(node: unknown, value: unknown, place: string, isText: boolean): string[] {
    if (Array.isArray(value)) {
      const items: readonly unknown[] = isNode(node) && library().isSeq(node) ? node.items : [];
      return value.flatMap((each, index) => this.differences(items[index], each, `${place}[${index}]`, false));
    }
    if (typeof value === "object" && value !== null) {
      const at = (name: string) => (isNode(node) && library().isMap(node) ? node.get(name, true) : undefined);
      return Object.entries(value).flatMap(([name, each]) =>
        this.differences(at(name), each, `${place}.${name}`, false),
      );
    }
    if (takesTime.test(place)) return [];
    if (isPlain(node) && isMadeOf(value, node.source) && isOther(node, value, isText))
      return [
        `${place} is ${node.source} without quotation marks in ${this.file}, of which YAML makes ${String(value)}; ` +
          `write it in quotation marks: "${node.source}"`,
      ];
    return typeof value === "string" && goTime.test(value)
      ? [`${place} is a date, of which YAML makes the time ${value}; write it in quotation marks`]
      : [];
  }
}

type Plain = yaml.Scalar & { readonly source: string };

const isNode = (node: unknown): node is yaml.Node => node !== undefined && node !== null;

const isPlain = (node: unknown): node is Plain =>
  isNode(node) && library().isScalar(node) && node.type === "PLAIN" && node.source !== undefined;

function library(): typeof yaml {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only when the file has to be parsed
  return require("yaml") as typeof yaml;
}

/** Tells whether the value differs from what YAML 1.2, and so whoever wrote it, takes the text for, or is no text. */
const isOther = ({ value: written, source }: Plain, value: unknown, isText: boolean) =>
  typeof value === "string" ? value !== source || (isText && typeof written !== "string") : value !== written;

/** Tells whether Pulumi makes the value of the text. Otherwise it comes from another file. */
function isMadeOf(value: unknown, source: string): boolean {
  if (String(value) === (/^(true|false)$/i.test(source) ? source.toLowerCase() : source)) return true;
  if (typeof value === "string" && goTime.test(value)) return source.startsWith(value.slice(0, 4));
  return value !== "" && numberOf(source) === Number(value);
}

/** The number that Go's YAML makes of a text: a zero at the beginning means octal, and `_` nothing. */
function numberOf(source: string): number {
  const digits = source.replaceAll("_", "");
  const [, sign, octal] = /^([-+]?)0([0-7]+)$/.exec(digits) ?? [];
  return octal === undefined ? Number(digits) : Number(`${sign}1`) * parseInt(octal, 8);
}
