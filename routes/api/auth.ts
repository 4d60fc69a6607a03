import { z } from "@hono/zod-openapi";
import { invalid } from "../../src/errors.ts";
import {
  apiCredentials,
  refreshTokensOf,
  signInToApi,
  signOutOfApi,
} from "../../src/identity/api_sign_in.ts";
import { problem } from "../../src/platform/problem.ts";
import { normalizeSubdomain } from "../../src/tenancy/subdomains.ts";
import { model } from "../operation_document.ts";
import { publicResource } from "./audiences.ts";

const OTHER_TENANT_NAMED = problem("other_tenant_named", "The host or X-Tenant names another tenant.");

export const tokens = model("Tokens", {
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenType: z.literal("Bearer"),
  expiresIn: z.int().openapi({ description: "Seconds" }),
});

const refreshRequest = z.object({ refreshToken: z.string().max(200) });

/** Signs in and out. Clients send their credentials in the body. */
const signIn = publicResource("Authentication");
export default signIn;

signIn.operation("post", "/auth/login", {
  operationId: "signIn",
  summary: "Sign in",
  description:
    "With `tenant` (a subdomain), the tokens work for that tenant only. Without `tenant`, they are account tokens " +
    "and work in every tenant of the person.",
  body: apiCredentials,
  answer: { description: "Tokens", schema: tokens },
  refusals: [401, 403, 429],
  run: async (ctx, { body, c }) => {
    const named = c.get("tenant")?.subdomain ?? c.req.header("X-Tenant");
    if (named && body.tenant && normalizeSubdomain(body.tenant) !== normalizeSubdomain(named)) {
      throw invalid({ tenant: OTHER_TENANT_NAMED });
    }
    return await signInToApi(ctx, body);
  },
});

signIn.operation("post", "/auth/refresh", {
  operationId: "refreshTokens",
  summary: "Exchange a refresh token",
  description:
    "The new tokens have the scope of the old ones. Each refresh token works once. A second use revokes all " +
    "tokens from the same sign-in.",
  body: refreshRequest,
  answer: { description: "New tokens", schema: tokens },
  refusals: [401, 403],
  run: (ctx, { body }) => refreshTokensOf(ctx, body.refreshToken),
});

signIn.operation("post", "/auth/logout", {
  operationId: "signOut",
  summary: "Sign out",
  body: refreshRequest,
  answer: { status: 204, description: "Signed out" },
  run: (ctx, { body }) => signOutOfApi(ctx, body.refreshToken),
});
