import { createRoute, z } from "@hono/zod-openapi";
import {
  apiCredentials,
  type ApiTokens,
  refreshTokensOf,
  signInToApi,
  signOutOfApi,
} from "../../src/identity/api_sign_in.ts";
import { invalid } from "../../src/errors.ts";
import { systemContextOf } from "../http.ts";
import { apiRoutes, json, jsonBody, problems } from "./schemas.ts";

const Tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int().openapi({ description: "Seconds" }),
}).openapi("Tokens");

const RefreshRequest = z.object({ refresh_token: z.string().max(200) });

/** These calls carry their credentials in the body. */
const common = { tags: ["Authentication"], security: [] };

const login = createRoute({
  method: "post",
  path: "/auth/login",
  ...common,
  summary: "Sign in",
  operationId: "signIn",
  request: { body: jsonBody(apiCredentials) },
  responses: { 200: json("Tokens for one tenant", Tokens), ...problems(401, 403, 422) },
});

const refresh = createRoute({
  method: "post",
  path: "/auth/refresh",
  ...common,
  summary: "Exchange a refresh token",
  operationId: "refreshTokens",
  description: "Each refresh token works once. Using one again revokes all tokens of its sign-in.",
  request: { body: jsonBody(RefreshRequest) },
  responses: { 200: json("New tokens", Tokens), ...problems(401, 403, 422) },
});

const logout = createRoute({
  method: "post",
  path: "/auth/logout",
  ...common,
  summary: "Sign out",
  operationId: "signOut",
  request: { body: jsonBody(RefreshRequest) },
  responses: { 204: { description: "Signed out" }, ...problems(422) },
});

export const authApi = apiRoutes();

authApi.openapi(login, async (c) => {
  const input = c.req.valid("json");
  const named = c.get("tenant")?.subdomain ?? c.req.header("X-Tenant");
  if (named && input.tenant && input.tenant !== named) {
    throw invalid({ tenant: "This is not the tenant of the host or of X-Tenant." });
  }
  return c.json(
    tokensJson(await signInToApi(systemContextOf(c), { ...input, tenant: named ?? input.tenant })),
    200,
  );
});

authApi.openapi(refresh, async (c) => {
  return c.json(
    tokensJson(await refreshTokensOf(systemContextOf(c), c.req.valid("json").refresh_token)),
    200,
  );
});

authApi.openapi(logout, async (c) => {
  await signOutOfApi(systemContextOf(c), c.req.valid("json").refresh_token);
  return c.body(null, 204);
});

function tokensJson({ accessToken, refreshToken, tokenType, expiresIn }: ApiTokens): z.infer<typeof Tokens> {
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: tokenType,
    expires_in: expiresIn,
  };
}
