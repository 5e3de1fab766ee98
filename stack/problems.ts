/** Everything that is wrong with a stack's configuration, in the order in which it was found. */
import * as pulumi from "@pulumi/pulumi";
import { refusal } from "./refusal";
import { missingSecret, missingValue, type Mark } from "./unset";

export class Problems {
  private readonly all: { readonly line: string; readonly isMissing: boolean }[] = [];
  private marked = false;

  /** Adds values that are wrong. */
  push(...lines: readonly string[]): void {
    this.all.push(...lines.map((line) => ({ line, isMissing: false })));
  }

  /** Adds the marks in the value of a key. */
  marks(key: string, marks: readonly Mark[]): void {
    this.marked ||= marks.length > 0;
    this.all.push(...marks.map((mark) => ({ line: missingValue(key, mark), isMissing: true })));
  }

  /** Adds secrets that are missing, by key, each with what it is. */
  secrets(missing: readonly (readonly [key: string, what: string])[]): void {
    this.all.push(...missing.map(([key, what]) => ({ line: missingSecret(key, what), isMissing: true })));
  }

  /**
   * Returns the error that lists all of them. With a mark it lists only what is missing, since the rest was checked with
   * examples. Undefined if there are none.
   */
  error(): pulumi.RunError | undefined {
    const lines = this.all.filter(({ isMissing }) => isMissing || !this.marked).map(({ line }) => line);
    if (lines.length === 0) return undefined;
    const [one, several] = this.marked ? ["a missing value", "missing values"] : ["a problem", "problems"];
    const count = lines.length === 1 ? one : `${lines.length} ${several}`;
    return refusal(`the configuration of stack ${pulumi.getStack()} has ${count}`, lines);
  }
}
