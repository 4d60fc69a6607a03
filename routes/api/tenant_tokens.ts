import { z } from "@hono/zod-openapi";
import { apiCredentials, issueTenantTokens } from "../../src/identity/api_sign_in.ts";
import { personResource } from "./audiences.ts";
import { tokens } from "./auth.ts";
import { requireAccountToken } from "./authentication.ts";
import { bearerOf } from "./credentials.ts";

const tenantTokenRequest = z.object({ tenant: apiCredentials.shape.tenant.unwrap() });

/** Tokens for a client that is already signed in. */
const tenantTokens = personResource("Authentication");
export default tenantTokens;

tenantTokens.operation("post", "/auth/token", {
  operationId: "createTenantToken",
  summary: "Get tokens for one tenant",
  description:
    "Exchanges an account token for tokens that work for one tenant only, named by its subdomain. The new tokens " +
    "expire with the account token's sign-in.",
  guards: [requireAccountToken],
  storesAnswer: "never",
  body: tenantTokenRequest,
  example: { tenant: "acme" },
  answer: { description: "Tokens for the tenant", schema: tokens },
  run: (ctx, { body, c }) => issueTenantTokens(ctx, bearerOf(c), body.tenant),
});
