import { event } from "../../events/event.ts";

/** `origins` are separated by commas, so that two lists compare as texts. */
type LoggedSource = { id: string; name: string; origins: string };

export const WEBSITES_CHANGED = event<LoggedSource>("analytics_source.updated", {
  sentence: "changed the websites that send events",
});
export const PUBLISHABLE_KEY_REPLACED = event<LoggedSource>("analytics_source.key_replaced", {
  sentence: "replaced the publishable key",
});

export const EVENTS = [WEBSITES_CHANGED, PUBLISHABLE_KEY_REPLACED];
