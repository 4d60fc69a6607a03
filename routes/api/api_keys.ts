import { z } from "@hono/zod-openapi";
import {
  API_KEY_LIST,
  createApiKey,
  getApiKey,
  listApiKeys,
  revokeApiKey,
} from "../../src/api_access/api_keys.ts";
import { API_KEYS_MANAGE } from "../../src/api_access/permissions.ts";
import { API_KEY_CREATED, API_KEY_REVOKED, API_KEY_ROTATED } from "../../src/api_access/events.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { keyRotation, rotateApiKey } from "../../src/api_access/key_rotation.ts";
import { currentMember } from "../../src/tenancy/open_tenant.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";
import { requireAccessToken } from "./authentication.ts";

const FIELDS = {
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().openapi({ description: "The start of the key, such as dnz_live_Ab3d" }),
  permissions: z.array(z.string()),
  allowedIps: z.array(z.string()).openapi({ description: "Addresses and CIDR ranges. Empty: any address" }),
  requestsPerMinute: z.int().nullable().openapi({
    description: "The key's own limit within the tenant's. Null: only the tenant's",
  }),
  createdAt: z.iso.datetime(),
  createdBy: z.object({ id: z.uuid(), name: z.string() }),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable().openapi({ description: "To within a minute" }),
};

const EXAMPLE = {
  id: "0198c0de-6b1f-7d20-9a3c-4e5f60718293",
  name: "Nightly import",
  prefix: "dnz_live_Ab3d",
  permissions: ["projects:read", "projects:write"],
  allowedIps: ["192.0.2.0/24"],
  requestsPerMinute: 120,
  createdAt: "2026-03-02T09:00:00.000Z",
  createdBy: { id: "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21", name: "Ada Marino" },
  expiresAt: "2027-03-02T09:00:00.000Z",
  lastUsedAt: null,
};

const apiKey = model("ApiKey", FIELDS, EXAMPLE);
const apiKeyWithSecret = model("ApiKeyWithSecret", {
  ...FIELDS,
  apiKey: z.string().openapi({ description: "The key. It can't be shown again" }),
}, { ...EXAMPLE, apiKey: "dnz_live_Ab3dEf6hJk9mNp2qRs5tUv8wXy1z" });

const apiKeys = tenantResource("API keys", "Keys with which programs call the API in a member's name.");
export default apiKeys;

apiKeys.list("/api-keys", {
  operationId: "listApiKeys",
  summary: "List API keys",
  permission: API_KEYS_MANAGE,
  list: API_KEY_LIST,
  name: "ApiKeyList",
  item: apiKey,
  answer: "A page of keys, without their secrets",
  run: listApiKeys,
});

apiKeys.operation("post", "/api-keys", {
  operationId: "createApiKey",
  summary: "Create an API key",
  description:
    "The key acts in the caller's name, with some of their permissions, and ends when they leave the tenant. `api_key` is shown " +
    "once. Needs an access token with a recent proof of who you are.",
  guards: [requireAccessToken],
  permission: API_KEYS_MANAGE,
  events: [API_KEY_CREATED],
  body: newApiKey,
  example: { name: "Nightly import", permissions: ["projects:read", "projects:write"] },
  answer: { status: 201, description: "The new key", schema: apiKeyWithSecret },
  refusals: [409],
  run: async (ctx, { body }) => (await createApiKey(await currentMember(ctx), body))!,
});

apiKeys.operation("get", "/api-keys/{id}", {
  operationId: "getApiKey",
  summary: "Get an API key",
  permission: API_KEYS_MANAGE,
  answer: { description: "The key, without its secret", schema: apiKey },
  run: (ctx, { id }) => getApiKey(ctx, id),
});

apiKeys.operation("delete", "/api-keys/{id}", {
  operationId: "revokeApiKey",
  summary: "Revoke an API key",
  description: "The key stops working within five seconds.",
  permission: API_KEYS_MANAGE,
  events: [API_KEY_REVOKED],
  answer: { status: 204, description: "The key was revoked" },
  run: (ctx, { id }) => revokeApiKey(ctx, id),
});

apiKeys.operation("post", "/api-keys/{id}/rotate", {
  operationId: "rotateApiKey",
  summary: "Give an API key a new secret",
  description:
    "The earlier secret works for `overlap_hours` more, by default 24. With 0, it stops working within five seconds. Only the " +
    "member who created the key can rotate it, with an access token and a recent proof of who they are.",
  guards: [requireAccessToken],
  permission: API_KEYS_MANAGE,
  events: [API_KEY_ROTATED],
  body: keyRotation,
  example: { overlapHours: 24 },
  answer: { status: 201, description: "The key with its new secret", schema: apiKeyWithSecret },
  refusals: [409],
  run: async (ctx, { id, body }) => await rotateApiKey(await currentMember(ctx), id, body),
});
