import type { Child } from "hono/jsx";
import { newFormKey } from "../src/platform/form_keys.ts";
import { type AssetName, PageContext } from "../views/page.tsx";
import type { AppContext } from "./http.ts";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** How pages find the static files; set when the app is built. */
declare module "hono" {
  interface ContextVariableMap {
    asset: (name: AssetName) => string;
  }
}

/** A whole page, or with htmx a part of one. */
export function render(
  c: AppContext,
  content: Child,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  const { config, clock } = c.get("services");
  const page = {
    nonce: c.get("nonce"),
    asset: c.get("asset"),
    apexUrl: config.appUrl.origin,
    formKey: newFormKey(clock.now()),
  };
  return c.html(<PageContext.Provider value={page}>{content}</PageContext.Provider>, status);
}
