import { platformEvent } from "../events/event.ts";

type Named = { id: string; name: string };

export const SUPPORT_GRANTED = platformEvent<Named>("support_access.granted", {
  sentence: "gave support access to {name}",
});
export const SUPPORT_REVOKED = platformEvent<Named>("support_access.revoked", {
  sentence: "revoked support access to {name}",
});
/** The subject is the member. */
export const VISIT_STARTED = platformEvent<Named>("support_visit.started", {
  sentence: "started acting for {name}. Reason: {reason}",
});
export const VISIT_ENDED = platformEvent<Named>("support_visit.ended", {
  sentence: "stopped acting for {name}",
});

export const EVENTS = [SUPPORT_GRANTED, SUPPORT_REVOKED, VISIT_STARTED, VISIT_ENDED];
