import { HOUR, MINUTE, SECOND } from "../platform/clock.ts";

export const QUEUE_NAMES = ["email", "webhooks", "billing", "analytics", "cleanup"] as const;
export type QueueName = typeof QUEUE_NAMES[number];

/** How a queue's jobs are run. Times are in milliseconds. */
export type QueuePolicy = {
  /** How many run at once in one worker. A tenant has half of them at most. */
  concurrency: number;
  timeout: number;
  /** How often a job is attempted before it fails permanently. */
  attempts: number;
  /** The pause after the first failure; each is twice the one before, up to `longestPause`. */
  firstPause: number;
  longestPause: number;
};

export type QueuePolicies = Record<QueueName, QueuePolicy>;

/** Fourteen attempts at emails and webhooks take over half a day, to outlast a receiver's outage. */
export const QUEUES: QueuePolicies = {
  email: {
    concurrency: 20,
    timeout: 60 * SECOND,
    attempts: 14,
    firstPause: 10 * SECOND,
    longestPause: 4 * HOUR,
  },
  webhooks: {
    concurrency: 20,
    timeout: 30 * SECOND,
    attempts: 14,
    firstPause: 10 * SECOND,
    longestPause: 4 * HOUR,
  },
  billing: { concurrency: 10, timeout: 2 * MINUTE, attempts: 10, firstPause: 5 * SECOND, longestPause: HOUR },
  analytics: {
    concurrency: 10,
    timeout: 5 * MINUTE,
    attempts: 5,
    firstPause: 30 * SECOND,
    longestPause: HOUR,
  },
  cleanup: { concurrency: 4, timeout: 10 * MINUTE, attempts: 5, firstPause: MINUTE, longestPause: HOUR },
};

const JITTER = 0.25;

/**
 * How many milliseconds to wait after the failure of the attempt with this number (from 1): twice as long each time, and
 * up to a quarter more or less, so that jobs which failed together don't all come back together.
 */
export function pauseAfter(policy: QueuePolicy, attempt: number, random: () => number = Math.random): number {
  const pause = Math.min(policy.longestPause, policy.firstPause * 2 ** (attempt - 1));
  return Math.round(pause * (1 - JITTER + 2 * JITTER * random()));
}
