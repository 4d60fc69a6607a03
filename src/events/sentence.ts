import type { Event } from "./event.ts";

/** The parts of a log line that its sentence needs. */
export type LoggedEvent = {
  action: string;
  subjectName: string | null;
  details: Record<string, unknown> | null;
};

/** The text after the actor's name, such as "created the project Apollo". */
export function sentenceOf(
  events: ReadonlyMap<string, Event>,
  { action, subjectName, details }: LoggedEvent,
): string {
  const sentence = events.get(action)?.sentence;
  if (!sentence) return action;
  const values: Record<string, unknown> = { ...details, name: subjectName };
  return sentence.replaceAll(PLACEHOLDER, (_, field: string) => String(values[field] ?? "…"));
}

/** A field of the details, or the subject's name. */
export const PLACEHOLDER = /\{(\w+)\}/g;
