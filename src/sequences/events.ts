import { event } from "../events/event.ts";
import type { Sequence } from "./sequence.ts";

export const SEQUENCE_CREATED = sequenceEvent("created", "created the sequence {name}");
export const SEQUENCE_UPDATED = sequenceEvent("updated", "changed the sequence {name}");
export const SEQUENCE_DELETED = sequenceEvent("deleted", "deleted the sequence {name}");
export const SEQUENCE_STARTED = sequenceEvent("started", "started the sequence {name}");
export const SEQUENCE_STOPPED = sequenceEvent("stopped", "stopped the sequence {name}");

export const EVENTS = [
  SEQUENCE_CREATED,
  SEQUENCE_UPDATED,
  SEQUENCE_DELETED,
  SEQUENCE_STARTED,
  SEQUENCE_STOPPED,
];

function sequenceEvent(verb: string, sentence: string) {
  return event<Sequence>(`sequence.${verb}`, {
    sentence,
    withoutValues: ["steps", "trigger", "goal"],
    bookkeeping: ["version", "updatedAt", "run", "startedAt"],
  });
}
