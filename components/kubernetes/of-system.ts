interface Named {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** Tells whether an object is a system's, in a namespace with others: its label names the system, or its name begins so. */
export const isOf =
  (system: string) =>
  ({ metadata: { name, labels } }: Named): boolean =>
    labels?.["app.kubernetes.io/part-of"] === system || name.startsWith(`${system}-`);
