import { z } from "zod";
import { event } from "../events/event.ts";
import { webhookData } from "../events/webhook_data.ts";
import { API_KEYS_MANAGE } from "./permissions.ts";

type Key = { id: string; name: string };

const sentKey = z.object({ id: z.uuid(), name: z.string() });
const sentNewKey = sentKey.extend({
  permissions: z.array(z.string()),
  expires_at: z.iso.datetime().nullable(),
});
const sample = { id: "0198c0de-6c3d-7d44-8f5a-708192a3b4c5", name: "Warehouse system" };

export const API_KEY_CREATED = event<Key>("api_key.created", {
  sentence: "created the API key {name}",
  webhook: webhookData<Key, typeof sentNewKey>({
    description: "Someone created an API key.",
    permission: API_KEYS_MANAGE,
    schema: sentNewKey,
    sample: { ...sample, permissions: ["projects:read"], expires_at: "2026-12-31T23:59:59.000Z" },
    of: ({ id, name }, { permissions, expires_at }) => ({
      id,
      name,
      permissions: permissions as string[],
      expires_at: expires_at as string | null,
    }),
  }),
});
export const API_KEY_ROTATED = event<Key>("api_key.rotated", {
  sentence: "rotated the API key {name}",
});
export const API_KEY_REVOKED = event<Key>("api_key.revoked", {
  sentence: "revoked the API key {name}",
  webhook: webhookData<Key, typeof sentKey>({
    description: "Someone revoked an API key.",
    permission: API_KEYS_MANAGE,
    schema: sentKey,
    sample,
    of: ({ id, name }) => ({ id, name }),
  }),
});
