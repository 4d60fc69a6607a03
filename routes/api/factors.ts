import { z } from "@hono/zod-openapi";
import {
  addFactor,
  confirmFactor,
  factorConfirmation,
  listFactors,
  newFactor,
  removeFactor,
} from "../../src/identity/factor_management.ts";
import { USER_FACTOR_ADDED, USER_FACTOR_REMOVED } from "../../src/identity/events.ts";
import { type Factor, FACTOR_TYPES } from "../../src/identity/factors.ts";
import { textPendingAgain } from "../../src/identity/pending_factors.ts";
import { FACTOR_CODES, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS } from "../../src/identity/sign_in_limits.ts";
import { emailStepUp, proof, reauthenticate, textedProof, textStepUp } from "../../src/identity/step_up.ts";
import { TEXTS_ADDRESS, TEXTS_PERSON, TEXTS_TO_NUMBER } from "../../src/text_messages/deliver.ts";
import { shortList } from "../../src/platform/short_list.ts";
import { model } from "../operation_document.ts";
import { personResource } from "./audiences.ts";
import { requireAccountToken } from "./authentication.ts";

const factor = model("Factor", {
  id: z.uuid(),
  type: z.enum(FACTOR_TYPES),
  name: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
}, {
  id: "0198c0de-3c4d-7b5e-8f60-7a8b9c0d1e2f",
  type: "totp",
  name: "Authenticator app",
  createdAt: "2026-01-12T08:30:00.000Z",
  lastUsedAt: "2026-03-02T08:55:00.000Z",
});

const pendingFactor = model("PendingFactor", {
  id: z.uuid(),
  type: z.enum(FACTOR_TYPES),
  name: z.string(),
  secret: z.string().optional().openapi({ description: "In base32, for an authenticator app" }),
  phone: z.string().optional().openapi({ description: "The end of the phone's number, for type `sms`" }),
  otpauthUri: z.string().optional().openapi({ description: "The secret as the text of a QR code" }),
}, {
  id: "0198c0de-3c4d-7b5e-8f60-7a8b9c0d1e2f",
  type: "sms",
  name: "Phone •• 17",
  phone: "•• 17",
});

const FACTOR_LIST = shortList<Factor>(
  "factors",
  ({ createdAt, id }) => ({ key: createdAt.toISOString(), id }),
);

/** The caller's second factors, and the proof that managing them takes. */
const factors = personResource("Authentication");
export default factors;

factors.operation("post", "/auth/reauthenticate", {
  operationId: "reauthenticate",
  summary: "Confirm who you are",
  description:
    "Allows sensitive changes for ten minutes. Send a `code` if the person has a second factor, and the `password` " +
    "otherwise. People with neither get a code from POST /auth/reauthenticate/email.",
  storesAnswer: "never",
  limits: [FACTOR_CODES, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS],
  body: proof,
  example: { code: "492039" },
  answer: { status: 204, description: "Confirmed" },
  run: (ctx, { body }) => reauthenticate(ctx, body),
});

factors.operation("post", "/auth/reauthenticate/email", {
  operationId: "emailReauthentication",
  summary: "Email a code to confirm who you are",
  description:
    "Only for people whose strongest method is their email. Sends at most one code in five minutes.",
  storesAnswer: "never",
  answer: { status: 204, description: "The code is on its way" },
  refusals: [400],
  run: (ctx) => emailStepUp(ctx),
});

factors.operation("post", "/auth/reauthenticate/sms", {
  operationId: "textReauthentication",
  summary: "Text a code to confirm who you are",
  description:
    "For people whose strongest method is a code by text message. `factor_id` names the phone. Without it, the phone that was used " +
    "last gets the code. A phone gets at most five in an hour.",
  storesAnswer: "never",
  limits: [TEXTS_TO_NUMBER, TEXTS_PERSON, TEXTS_ADDRESS],
  body: textedProof,
  example: { factorId: "0198c0de-3c4d-7b5e-8f60-7a8b9c0d1e2f" },
  answer: { status: 204, description: "The code is on its way" },
  refusals: [400],
  run: (ctx, { body }) => textStepUp(ctx, body),
});

factors.list("/me/factors", {
  operationId: "listFactors",
  summary: "List the caller's second factors",
  description: "The oldest first. There are at most ten. Passkeys are added in a browser.",
  guards: [requireAccountToken],
  list: FACTOR_LIST,
  name: "FactorList",
  item: factor,
  answer: "A page of second factors",
  run: async (ctx, query) => FACTOR_LIST.page(await listFactors(ctx, ctx.actor.id), query),
});

factors.operation("post", "/me/factors", {
  operationId: "addFactor",
  summary: "Add a second factor",
  description:
    "The factor counts once its first code is sent to POST /me/factors/{id}/confirm within ten minutes. Type `totp` is " +
    "an authenticator app, which takes the `secret` or the `otpauth_uri`. Type `sms` gets a code" +
    " by text message to `phone`, a number with its country code. Type `email` gets a code by email.",
  guards: [requireAccountToken],
  limits: [TEXTS_TO_NUMBER, TEXTS_PERSON, TEXTS_ADDRESS],
  body: newFactor,
  example: { type: "totp", name: "Authenticator app" },
  answer: { status: 201, description: "The factor waits for its first code", schema: pendingFactor },
  run: (ctx, { body }) => addFactor(ctx, ctx.actor.id, body),
});

factors.operation("post", "/me/factors/{id}/text", {
  operationId: "textFactor",
  summary: "Text the first code of a new phone again",
  description:
    "The code still ends ten minutes after the phone was added. A phone gets at most five in an hour.",
  guards: [requireAccountToken],
  storesAnswer: "afterward",
  limits: [TEXTS_TO_NUMBER, TEXTS_PERSON, TEXTS_ADDRESS],
  answer: { status: 204, description: "The code is on its way" },
  refusals: [400],
  run: (ctx, { id }) => textPendingAgain(ctx, ctx.actor.id, id),
});

factors.operation("post", "/me/factors/{id}/confirm", {
  operationId: "confirmFactor",
  summary: "Confirm a new second factor with its first code",
  guards: [requireAccountToken],
  events: [USER_FACTOR_ADDED],
  limits: [FACTOR_CODES],
  body: factorConfirmation,
  example: { code: "492039" },
  answer: {
    description: "The factor counts from now on",
    schema: model("ConfirmedFactor", {
      recoveryCodes: z.array(z.string()).nullable().openapi({
        description:
          "With the first factor: codes that each work once if the factor is lost. Shown only here.",
      }),
    }, { recoveryCodes: ["k3v9-2mfx", "p8qd-7wzt"] }),
  },
  run: (ctx, { id, body, c }) => confirmFactor(ctx, ctx.actor.id, id, body.code, c.get("device")),
});

factors.operation("delete", "/me/factors/{id}", {
  operationId: "removeFactor",
  summary: "Remove a second factor",
  guards: [requireAccountToken],
  events: [USER_FACTOR_REMOVED],
  answer: { status: 204, description: "Removed" },
  refusals: [409],
  run: (ctx, { id, c }) => removeFactor(ctx, ctx.actor.id, id, c.get("device")),
});
