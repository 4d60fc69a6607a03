import { PLACEHOLDER, type Translate } from "../platform/wording.ts";
import type { Event } from "./event.ts";

/** The parts of a log line that its sentence needs. */
export type LoggedEvent = {
  action: string;
  subjectName: string | null;
  details: Record<string, unknown> | null;
};

/** A piece of a sentence. */
export type SentencePart = { text: string; isSubject: boolean };

/** The text after the actor's name in the reader's language, such as "created the project Apollo". */
export function sentenceOf(
  events: ReadonlyMap<string, Event>,
  line: LoggedEvent,
  translate: Translate,
): string {
  return sentencePartsOf(events, line, translate).map(({ text }) => text).join("");
}

/** The same text in pieces, so that a page can link the subject's name. */
export function sentencePartsOf(
  events: ReadonlyMap<string, Event>,
  { action, subjectName, details }: LoggedEvent,
  translate: Translate,
): SentencePart[] {
  const event = events.get(action);
  const sentence = event ? translate(event.sentence) : action;
  const values: Record<string, unknown> = { ...details, name: subjectName };
  return sentence.split(PLACEHOLDER).map((piece, index) => {
    if (index % 2 === 0) return { text: piece, isSubject: false };
    return { text: String(values[piece] ?? "…"), isSubject: piece === "name" };
  }).filter(({ text }) => text !== "");
}
