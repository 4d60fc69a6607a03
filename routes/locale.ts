import type { Context } from "hono";
import { isLanguage } from "../src/platform/locales.ts";
import { DEFAULT_LOCALE, type Locale, PSEUDO_LOCALE } from "../views/locale.ts";
import type { HttpEnv } from "./http.ts";

/**
 * The response's language: the person's choice, or the browser's first preference that the pages support. Before production,
 * `?lang=` overrides it.
 */
export function localeOf<Env extends HttpEnv>(c: Context<Env>): Locale {
  if (wantsPseudo(c)) return PSEUDO_LOCALE;
  const chosen = c.get("session")?.appearance.locale;
  if (chosen) return chosen;
  const asked = (c.req.header("Accept-Language") ?? "").split(",").map(languageOf);
  return asked.find(isLanguage) ?? DEFAULT_LOCALE;
}

function wantsPseudo<Env extends HttpEnv>(c: Context<Env>): boolean {
  if (c.get("services").config.environment === "production") return false;
  const wanted = c.req.query("lang") ?? c.req.header("Accept-Language")?.split(/[,;]/, 1)[0];
  return wanted?.trim().toLowerCase() === PSEUDO_LOCALE.toLowerCase();
}

/** "en" from "en-US;q=0.9". */
function languageOf(range: string): string {
  return range.split(/[-;]/, 1)[0]!.trim().toLowerCase();
}
