import { type Context, Hono } from "hono";
import type { FieldErrors } from "../../src/errors.ts";
import { checkAddress, suggestAddress } from "../../src/tenancy/workspace_addresses.ts";
import { type AddressState, AddressStatus } from "../../views/pages/sign_up/address_field.tsx";
import { signUpText } from "../../views/pages/sign_up/text.ts";
import { type Fields, hostSuffix, type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { fragment } from "../page.tsx";
import { problemText } from "../problem_text.ts";

/** The address that is too short to be judged while someone types it. */
const SHORTEST_CHECKED = 2;

export const addressPages = new Hono<HttpEnv>();

/** What to say about an address while someone fills in the form. Says no more than the form itself. */
addressPages.get("/signup/address", async (c) => {
  return await fragment(c, <AddressStatus state={await stateOf(c)} hostSuffix={hostSuffix(c)} />);
});

/** The fields and errors of a refused form. An empty address is filled in, and another one is offered in place of a bad one. */
export async function withSuggestion<Env extends HttpEnv>(
  c: Context<Env>,
  { values, errors }: { values: Fields; errors: FieldErrors },
): Promise<{ values: Fields; errors: FieldErrors }> {
  const { company_name: companyName = "", subdomain = "" } = values;
  const ctx = systemContextOf(c);
  const text = signUpText.of(localeOf(c));
  if (!errors.subdomain || (subdomain + companyName).trim() === "") return { values, errors };
  if (subdomain.trim() === "") {
    const suggestion = await suggestAddress(ctx, companyName);
    if (!suggestion) return { values, errors };
    const filled = { ...values, subdomain: suggestion, suggested: suggestion };
    return { values: filled, errors: { ...errors, subdomain: text.addressSuggested } };
  }
  const check = await checkAddress(ctx, subdomain, companyName);
  if (check.isAvailable || !check.suggestion) return { values, errors };
  return { values, errors: { ...errors, subdomain: text.tryAddress(errors.subdomain, check.suggestion) } };
}

/** The company's name sends `suggested`, the address that it suggested before. It never replaces one that someone typed. */
async function stateOf<Env extends HttpEnv>(c: Context<Env>): Promise<AddressState> {
  const { company_name: companyName = "", subdomain = "", suggested } = c.req.query();
  const ctx = systemContextOf(c);
  const isOwn = subdomain !== "" && subdomain !== suggested;
  if (!isOwn && companyName.trim() !== "") {
    const suggestion = await suggestAddress(ctx, companyName);
    if (suggestion === null) return { kind: "unknown" };
    return { kind: "suggested", subdomain: suggestion, replaces: suggested === undefined ? null : subdomain };
  }
  if (subdomain.trim().length < SHORTEST_CHECKED) return { kind: "unknown" };
  const check = await checkAddress(ctx, subdomain, companyName);
  return check.isAvailable
    ? { kind: "available", subdomain: check.subdomain }
    : { kind: "unavailable", problem: problemText(check.problem, localeOf(c)), suggestion: check.suggestion };
}
