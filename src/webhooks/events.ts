import { event } from "../events/event.ts";

/** The name is the endpoint's host, because its path may be a secret. */
export type NamedEndpoint = {
  id: string;
  name: string;
  url: string;
  description: string;
  /** Comma-separated, so that two lists compare as texts. */
  events: string;
  headers: string;
  rateLimit: number | null;
};

export const WEBHOOK_CREATED = event<NamedEndpoint>("webhook_endpoint.created", {
  sentence: "added a webhook to {name}",
});
export const WEBHOOK_UPDATED = event<NamedEndpoint>("webhook_endpoint.updated", {
  sentence: "changed the webhook to {name}",
  withoutValues: ["url", "headers"],
});
export const WEBHOOK_DELETED = event<NamedEndpoint>("webhook_endpoint.deleted", {
  sentence: "deleted the webhook to {name}",
});
export const WEBHOOK_SECRET_ROTATED = event<NamedEndpoint>("webhook_endpoint.secret_rotated", {
  sentence: "changed the signing secret of the webhook to {name}",
});
export const WEBHOOK_DISABLED = event<NamedEndpoint>("webhook_endpoint.disabled", {
  sentence: "turned off the webhook to {name}",
});
export const WEBHOOK_ENABLED = event<NamedEndpoint>("webhook_endpoint.enabled", {
  sentence: "turned on the webhook to {name}",
});
export const WEBHOOK_REPLAYED = event<NamedEndpoint>("webhook_endpoint.replayed", {
  sentence: "sent events to {name} again",
});

export const EVENTS = [
  WEBHOOK_CREATED,
  WEBHOOK_UPDATED,
  WEBHOOK_DELETED,
  WEBHOOK_SECRET_ROTATED,
  WEBHOOK_DISABLED,
  WEBHOOK_ENABLED,
  WEBHOOK_REPLAYED,
];
