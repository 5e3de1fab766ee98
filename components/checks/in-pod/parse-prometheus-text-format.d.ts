/** Types of a package that has none, as far as they are used. */
declare module "parse-prometheus-text-format" {
  interface Family {
    readonly name: string;
    /** Samples. Those of a family without a type have a value each. */
    readonly metrics: readonly { readonly value: string; readonly labels?: Readonly<Record<string, string>> }[];
  }
  function parse(exposition: string): Family[];
  export default parse;
}
