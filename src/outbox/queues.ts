import { HOUR, MINUTE, SECOND } from "../platform/clock.ts";

export const QUEUE_NAMES = ["email", "webhooks", "billing", "analytics", "campaigns", "cleanup"] as const;
export type QueueName = typeof QUEUE_NAMES[number];

/** How a queue's jobs are run. Times are in milliseconds. */
export type QueuePolicy = {
  /** How many run at once in one worker. */
  concurrency: number;
  /** How many of these slots a partition gets, at most. By default half of them. */
  slotsPerPartition?: number;
  timeout: number;
  /** How often a job starts before it fails permanently. */
  attempts: number;
  /** The delay after the first failure. Each delay is twice the previous one, up to `maxDelay`. */
  firstDelay: number;
  maxDelay: number;
};

export type QueuePolicies = Record<QueueName, QueuePolicy>;

/**
 * Fourteen attempts at an email take over half a day, to outlast a receiver's outage. Attempts at a webhook are jobs of their own,
 * and have their own schedule: src/webhooks/retry_schedule.ts.
 */
export const QUEUES: QueuePolicies = {
  email: {
    concurrency: 20,
    timeout: 60 * SECOND,
    attempts: 14,
    firstDelay: 10 * SECOND,
    maxDelay: 4 * HOUR,
  },
  // A delivery waits for its receiver, up to 15 seconds. So there are many slots, and an endpoint gets few.
  webhooks: {
    concurrency: 120,
    slotsPerPartition: 5,
    timeout: 30 * SECOND,
    attempts: 14,
    firstDelay: 10 * SECOND,
    maxDelay: 4 * HOUR,
  },
  billing: { concurrency: 10, timeout: 2 * MINUTE, attempts: 10, firstDelay: 5 * SECOND, maxDelay: HOUR },
  analytics: {
    concurrency: 10,
    timeout: 5 * MINUTE,
    attempts: 5,
    firstDelay: 30 * SECOND,
    maxDelay: HOUR,
  },
  // A job sends a campaign for some seconds, over two connections to the email server. Two jobs leave one for other emails.
  campaigns: {
    concurrency: 2,
    slotsPerPartition: 1,
    timeout: 2 * MINUTE,
    attempts: 100,
    firstDelay: 5 * SECOND,
    maxDelay: 5 * MINUTE,
  },
  cleanup: { concurrency: 4, timeout: 10 * MINUTE, attempts: 5, firstDelay: MINUTE, maxDelay: HOUR },
};

/** How many slots of one worker a partition of the queue gets, at most. */
export function slotsPerPartition({ concurrency, slotsPerPartition }: QueuePolicy): number {
  return slotsPerPartition ?? Math.ceil(concurrency / 2);
}

const JITTER = 0.25;

/**
 * Milliseconds to wait after attempt number `attempt` (from 1) failed: twice as long each time, plus or minus up to a quarter,
 * so that jobs that failed together don't all retry together.
 */
export function retryDelay(policy: QueuePolicy, attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(policy.maxDelay, policy.firstDelay * 2 ** (attempt - 1));
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random()));
}
