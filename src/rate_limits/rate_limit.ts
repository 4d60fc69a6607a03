/** How often something may happen for one key, such as an account or an IP address. */
export type RateLimit = {
  /** Names the limit in metrics and in Redis, in snake_case. */
  readonly name: string;
  /** The most that passes in any window, wherever the window starts. */
  readonly limit: number;
  /** In milliseconds. */
  readonly window: number;
  /** What happens while Redis doesn't answer: `open` lets everything pass, `closed` nothing. */
  readonly whenDown: "open" | "closed";
};

/** Declares a rate limit. A feature lists its rate limits in its `feature.ts`. */
export function rateLimit(name: string, declared: Omit<RateLimit, "name">): RateLimit {
  return { name, ...declared };
}
