import type { z } from "zod";
import type { Job } from "./job.ts";

/** Enqueues a job at certain times. */
export type Schedule<Payload extends z.ZodType = z.ZodType> = {
  readonly name: string;
  /** Five fields of cron, in UTC. */
  readonly cron: string;
  readonly job: Job<Payload>;
  /** The payload of the run that was due at `slot`. */
  payload(slot: Date): z.input<Payload>;
  /** How many missed runs to catch up on, at most. */
  readonly catchUp: number;
};

/** Declares a schedule. A feature lists its schedules in its `feature.ts`. */
export function schedule<Payload extends z.ZodType>(
  name: string,
  cron: string,
  declared: Omit<Schedule<Payload>, "name" | "cron">,
): Schedule<Payload> {
  return { name, cron, ...declared };
}
