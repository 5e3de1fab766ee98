/** Resource, as the engine passes it to a policy. */
export interface Planned {
  readonly name: string;
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: { readonly protect: boolean };
}
