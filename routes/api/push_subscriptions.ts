import { z } from "@hono/zod-openapi";
import type { MemberActor, UserActor } from "../../src/access/actor.ts";
import { unauthenticated } from "../../src/errors.ts";
import {
  type AddedSubscription,
  addSubscription,
  newSubscription,
  PUSH_SUBSCRIPTIONS_PERSON,
  removeSubscription,
  subscriptionAddress,
} from "../../src/web_push/subscriptions.ts";
import { publicKeyOf } from "../../src/web_push/vapid.ts";
import { model } from "../operation_document.ts";
import { personResource } from "./audiences.ts";
import type { CallerContext } from "./env.ts";

const VAPID_KEY = "BCLfbxd4Z3fajI-jG4nI3Sf5DgJHUOEPLYrVdTkMji1x3WWV3Jp-cvWTlkasMNO4whkzcs_4N9rNeznn8iuJ2GA";
const ENDPOINT = "https://push.example.net/wpush/v2/gAAAAABl3c0de";

const subscription = model("PushSubscription", {
  id: z.uuid(),
  endpoint: z.string(),
  createdAt: z.iso.datetime(),
}, {
  id: "0198c0de-5e6f-7d70-8182-9c0d1e2f3041",
  endpoint: ENDPOINT,
  createdAt: "2026-03-02T08:55:00.000Z",
});

/** The browsers in which the caller gets notifications. */
const subscriptions = personResource("Web push", "The browsers in which people get notifications.");
export default subscriptions;

subscriptions.operation("get", "/push-subscriptions/public-key", {
  operationId: "getPushPublicKey",
  summary: "Get the key with which browsers subscribe",
  description:
    "The `applicationServerKey` for `PushManager.subscribe()`. Rarely changes; a change ends all subscriptions.",
  answer: {
    description: "The key",
    schema: model("PushPublicKey", {
      publicKey: z.string().openapi({ description: "A P-256 public key (VAPID, RFC 8292) in base64url" }),
    }, { publicKey: VAPID_KEY }),
  },
  run: async (ctx) => ({ publicKey: await publicKeyOf(ctx) }),
});

subscriptions.operation("post", "/push-subscriptions", {
  operationId: "addPushSubscription",
  summary: "Send the caller's notifications to a browser",
  description:
    "Send what `PushSubscription.toJSON()` returns in the browser. The browser belongs to the caller until their tokens end, or until " +
    "someone else subscribes it. With a tenant, it gets the tenant's notifications only. A person has at most 20 " +
    "browsers; a new one replaces the oldest.",
  limits: [PUSH_SUBSCRIPTIONS_PERSON],
  body: newSubscription,
  example: {
    endpoint: ENDPOINT,
    keys: {
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg",
    },
  },
  answer: { status: 201, description: "Notifications come to the browser", schema: subscription },
  otherAnswer: {
    status: 200,
    description: "The browser was subscribed already",
    schema: subscription,
    applies: ({ isNew }: AddedSubscription) => !isNew,
  },
  refusals: [409],
  present: (added: AddedSubscription) => added,
  run: (ctx, { body, c }) => addSubscription(ctx, subscriberOf(ctx.actor, c), body),
});

subscriptions.operation("delete", "/push-subscriptions", {
  operationId: "removePushSubscriptionByEndpoint",
  summary: "Stop notifications in the browser with this endpoint",
  body: subscriptionAddress,
  example: { endpoint: ENDPOINT },
  answer: { status: 204, description: "Removed" },
  refusals: [404],
  run: (ctx, { body }) => removeSubscription(ctx, ctx.actor.id, body),
});

subscriptions.operation("delete", "/push-subscriptions/{id}", {
  operationId: "removePushSubscription",
  summary: "Stop notifications in a browser",
  answer: { status: 204, description: "Removed" },
  run: (ctx, { id }) => removeSubscription(ctx, ctx.actor.id, { id }),
});

function subscriberOf({ id, authentication }: UserActor | MemberActor, c: CallerContext) {
  if (!authentication) throw unauthenticated();
  return { userId: id, signInId: authentication.signInId, tenantId: c.get("member")?.tenant.id ?? null };
}
