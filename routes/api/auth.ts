import { createRoute, z } from "@hono/zod-openapi";
import {
  apiCredentials,
  type ApiTokens,
  issueTenantTokens,
  refreshTokensOf,
  signInToApi,
  signOutOfApi,
} from "../../src/identity/api_sign_in.ts";
import { invalid } from "../../src/errors.ts";
import { normalizeSubdomain } from "../../src/tenancy/subdomains.ts";
import { callerContextOf, systemContextOf } from "../http.ts";
import { requireAccountToken } from "../middleware/api_auth.ts";
import { apiRoutes, BEARER, json, jsonBody, problems } from "./schemas.ts";

const Tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int().openapi({ description: "Seconds" }),
}).openapi("Tokens");

const TenantTokenRequest = z.object({ tenant: apiCredentials.shape.tenant.unwrap() });

const RefreshRequest = z.object({ refresh_token: z.string().max(200) });

/** These calls carry their credentials in the body. */
const common = { tags: ["Authentication"], security: [] };

const login = createRoute({
  method: "post",
  path: "/auth/login",
  ...common,
  summary: "Sign in",
  operationId: "signIn",
  description:
    "With `tenant`, a subdomain, the tokens are for that tenant only. Without it, they are account tokens: for " +
    "everything that the person may do, in each of their tenants.",
  request: { body: jsonBody(apiCredentials) },
  responses: { 200: json("Tokens", Tokens), ...problems(401, 403, 422) },
});

const refresh = createRoute({
  method: "post",
  path: "/auth/refresh",
  ...common,
  summary: "Exchange a refresh token",
  operationId: "refreshTokens",
  description:
    "The new tokens have the scope of the old ones. Each refresh token works once. Using one again revokes all " +
    "tokens of its sign-in.",
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

const exchange = createRoute({
  method: "post",
  path: "/auth/token",
  tags: ["Authentication"],
  security: BEARER,
  middleware: requireAccountToken,
  summary: "Get tokens for one tenant",
  operationId: "createTenantToken",
  description:
    "Exchanges an account token for tokens of one tenant, named by its subdomain, to hand to a program that needs " +
    "no more. They end with the sign-in that the account token is of.",
  request: { body: jsonBody(TenantTokenRequest) },
  responses: { 200: json("Tokens for the tenant", Tokens), ...problems(401, 403, 422) },
});

/** What takes no access token. */
export const authApi = apiRoutes();

authApi.openapi(login, async (c) => {
  const input = c.req.valid("json");
  const named = c.get("tenant")?.subdomain ?? c.req.header("X-Tenant");
  if (named && input.tenant && normalizeSubdomain(input.tenant) !== normalizeSubdomain(named)) {
    throw invalid({ tenant: "This is not the tenant of the host or of X-Tenant." });
  }
  return c.json(tokensJson(await signInToApi(systemContextOf(c), input)), 200);
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

export const tokenApi = apiRoutes();

tokenApi.openapi(exchange, async (c) => {
  const { tenant } = c.req.valid("json");
  return c.json(tokensJson(await issueTenantTokens(callerContextOf(c), c.get("caller"), tenant)), 200);
});

function tokensJson({ accessToken, refreshToken, tokenType, expiresIn }: ApiTokens): z.infer<typeof Tokens> {
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: tokenType,
    expires_in: expiresIn,
  };
}
