/** Advice on an alert: one or two sentences each, as Markdown. */
export interface Advice {
  /** Things to look at first. */
  readonly look: string;
  /** Ways to make the alert end. */
  readonly back: string;
}

/** Advice by the alert's name. Severities of one name share it. */
export type AdviceByName = Readonly<Record<string, Advice>>;

/** Way back that many alerts share. */
export const earlierRelease =
  "If it began with a release, [go back to the one before](../recovery.md#go-back-to-an-earlier-release).";
