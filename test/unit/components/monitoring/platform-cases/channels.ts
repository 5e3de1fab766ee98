/** Channels of the platform's alerts, with those of PM Intelligence. */
export const critical = { channels: "pagerduty-slack" } as const;
export const warning = { channels: "slack" } as const;
