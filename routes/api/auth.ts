import { z } from "@hono/zod-openapi";
import { invalid } from "../../src/errors.ts";
import {
  apiCredentials,
  apiSecondStep,
  finishApiSignIn,
  refreshTokensOf,
  signInToApi,
  signOutOfApi,
} from "../../src/identity/api_sign_in.ts";
import { CODE_KINDS } from "../../src/identity/factors.ts";
import { FACTOR_CODES, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS } from "../../src/identity/sign_in_limits.ts";
import { emailSecondStep, textSecondStep } from "../../src/identity/second_step.ts";
import { problem } from "../../src/platform/problem.ts";
import { normalizeSubdomain } from "../../src/tenancy/subdomains.ts";
import { TEXTS_ADDRESS, TEXTS_PERSON, TEXTS_TO_NUMBER } from "../../src/text_messages/deliver.ts";
import { model } from "../operation_document.ts";
import { publicResource } from "./audiences.ts";

const OTHER_TENANT_NAMED = problem("other_tenant_named", "The host or X-Tenant names another tenant.");

export const tokens = model("Tokens", {
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenType: z.literal("Bearer"),
  expiresIn: z.int().openapi({ description: "Seconds" }),
}, {
  accessToken: "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMTk4YzBkZSJ9.c2lnbmF0dXJl",
  refreshToken: "sample-refresh-token",
  tokenType: "Bearer",
  expiresIn: 900,
});

const secondStep = model("SecondStep", {
  mfaRequired: z.literal(true),
  mfaToken: z.string().openapi({ description: "Send it to POST /auth/mfa within ten minutes" }),
  factors: z.array(z.enum(CODE_KINDS)).openapi({ description: "The kinds of codes that count" }),
}, { mfaRequired: true, mfaToken: "sample-mfa-token", factors: ["totp", "recovery"] });

const refreshExample = { refreshToken: "sample-refresh-token" };
const secondStepExample = { mfaToken: "sample-mfa-token" };

const refreshRequest = z.object({ refreshToken: z.string().max(200) });

/** Signs in and out. Clients send their credentials in the body. */
const signIn = publicResource("Authentication", "Tokens, the caller, and their second factors.");
export default signIn;

signIn.operation("post", "/auth/login", {
  operationId: "signIn",
  summary: "Sign in",
  description:
    "With `tenant` (a subdomain), the tokens work for that tenant only. Without `tenant`, they are account tokens " +
    "and work in every tenant of the person. A person with a second factor gets `mfa_required` and sends a code to " +
    "POST /auth/mfa. 403 on a custom domain.",
  limits: [SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS],
  body: apiCredentials,
  example: { email: "ada@acme.example", password: "correct horse battery", tenant: "acme" },
  answer: { description: "Tokens, or a question for a second factor", schema: z.union([tokens, secondStep]) },
  refusals: [401, 403],
  run: async (ctx, { body, c }) => {
    const named = c.get("tenant")?.subdomain ?? c.req.header("X-Tenant");
    if (named && body.tenant && normalizeSubdomain(body.tenant) !== normalizeSubdomain(named)) {
      throw invalid({ tenant: OTHER_TENANT_NAMED });
    }
    return await signInToApi(ctx, body);
  },
});

signIn.operation("post", "/auth/mfa", {
  operationId: "finishSignIn",
  summary: "Finish a sign-in with a second factor",
  description:
    "`code` is a code from an authenticator app, a text message or an email, or a recovery code. `factor` restricts which of them " +
    "counts. After five wrong codes, sign in again.",
  limits: [FACTOR_CODES],
  body: apiSecondStep,
  example: { ...secondStepExample, code: "492039" },
  answer: { description: "Tokens", schema: tokens },
  refusals: [401, 403],
  run: (ctx, { body }) => finishApiSignIn(ctx, body),
});

signIn.operation("post", "/auth/mfa/email", {
  operationId: "emailSecondFactor",
  summary: "Email a code for a sign-in",
  description: "Works for people who added the factor `email`. Sends at most one code in five minutes.",
  body: apiSecondStep.pick({ mfaToken: true }),
  example: secondStepExample,
  answer: { status: 204, description: "The code is on its way" },
  refusals: [400, 401, 403],
  run: (ctx, { body }) => emailSecondStep(ctx, "api_sign_in", body.mfaToken),
});

signIn.operation("post", "/auth/mfa/sms", {
  operationId: "textSecondFactor",
  summary: "Text a code for a sign-in",
  description: "Works for people who added the factor `sms`. A phone gets at most five codes in an hour.",
  limits: [TEXTS_TO_NUMBER, TEXTS_PERSON, TEXTS_ADDRESS],
  body: apiSecondStep.pick({ mfaToken: true }),
  example: secondStepExample,
  answer: { status: 204, description: "The code is on its way" },
  refusals: [400, 401, 403],
  run: (ctx, { body }) => textSecondStep(ctx, "api_sign_in", body.mfaToken),
});

signIn.operation("post", "/auth/refresh", {
  operationId: "refreshTokens",
  summary: "Exchange a refresh token",
  description:
    "The new tokens have the scope of the old ones. Each refresh token works once. A second use revokes all " +
    "tokens from the same sign-in.",
  body: refreshRequest,
  example: refreshExample,
  answer: { description: "New tokens", schema: tokens },
  refusals: [401, 403],
  run: (ctx, { body }) => refreshTokensOf(ctx, body.refreshToken),
});

signIn.operation("post", "/auth/logout", {
  operationId: "signOut",
  summary: "Sign out",
  body: refreshRequest,
  example: refreshExample,
  answer: { status: 204, description: "Signed out" },
  run: (ctx, { body }) => signOutOfApi(ctx, body.refreshToken),
});
