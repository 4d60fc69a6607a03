import { event } from "../events/event.ts";

type Key = { id: string; name: string };

export const API_KEY_CREATED = event<Key>("api_key.created", { sentence: "created the API key {name}" });
export const API_KEY_ROTATED = event<Key>("api_key.rotated", {
  sentence: "rotated the API key {name}",
});
export const API_KEY_REVOKED = event<Key>("api_key.revoked", { sentence: "revoked the API key {name}" });
