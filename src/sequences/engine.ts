import type { StoredStep } from "../../db/tenant/schema/sequences.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";

export type Step = StoredStep;

/** The most emails that a contact gets in so many days. */
export type Cap = { emails: number; days: number };

/** Where a contact is in a sequence. */
export type Progress = { position: number; dueAt: Date };

/** What is known about the contact now. Null: the contact was deleted. */
export type Facts = {
  hasConsent: boolean;
  hasReachedGoal: boolean;
  tags: readonly string[];
  /** Whether they clicked a link in the last email of this run. */
  hasClicked: boolean;
  /** When they got emails of any sequence. Older ones than the cap's days don't matter. */
  emailedAt: readonly Date[];
} | null;

export type Ending = "finished" | "goal" | "unsubscribed" | "deleted";

export type Decision =
  | { do: "end"; ending: Ending }
  | { do: "wait"; until: Date }
  /** `dueAt` is when the step after is due. */
  | { do: "skip" | "send"; step: Step; dueAt: Date };

/** What happens to a contact in a sequence now. */
export function decide(
  { steps, cap }: { steps: readonly Step[]; cap: Cap | null },
  { position, dueAt }: Progress,
  facts: Facts,
  now: Date,
): Decision {
  if (!facts) return { do: "end", ending: "deleted" };
  if (!facts.hasConsent) return { do: "end", ending: "unsubscribed" };
  if (facts.hasReachedGoal) return { do: "end", ending: "goal" };
  const step = steps[position];
  if (!step) return { do: "end", ending: "finished" };
  if (dueAt > now) return { do: "wait", until: dueAt };
  const next = dueOf(steps, position + 1, now);
  if (!isMet(step, facts)) return { do: "skip", step, dueAt: next };
  const allowedFrom = cap && freeFrom(cap, facts.emailedAt, now);
  if (allowedFrom) return { do: "wait", until: allowedFrom };
  return { do: "send", step, dueAt: next };
}

/** When a step is due whose previous one, or the start, was at `from`. After the last step, immediately. */
export function dueOf(steps: readonly Step[], position: number, from: Date): Date {
  return after(from, (steps[position]?.delayHours ?? 0) * HOUR);
}

function isMet({ condition }: Step, { tags, hasClicked }: NonNullable<Facts>): boolean {
  if (!condition) return true;
  return condition.type === "tag" ? tags.includes(condition.value) : hasClicked;
}

/** When the cap lets another email pass. Null: now. */
function freeFrom({ emails, days }: Cap, emailedAt: readonly Date[], now: Date): Date | null {
  const since = after(now, -days * DAY);
  const recent = emailedAt.filter((at) => at > since).sort((one, other) => one.getTime() - other.getTime());
  return recent.length < emails ? null : after(recent[recent.length - emails]!, days * DAY);
}
