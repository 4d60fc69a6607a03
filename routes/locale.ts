import type { Context } from "hono";
import { DEFAULT_LOCALE, type Locale, LOCALES } from "../views/locale.ts";
import type { HttpEnv } from "./http.ts";

/** The response's language: the browser's first preference that the pages support. */
export function localeOf<Env extends HttpEnv>(c: Context<Env>): Locale {
  const asked = (c.req.header("Accept-Language") ?? "").split(",").map(languageOf);
  return asked.find(isLocale) ?? DEFAULT_LOCALE;
}

/** "en" from "en-US;q=0.9". */
function languageOf(range: string): string {
  return range.split(/[-;]/, 1)[0]!.trim().toLowerCase();
}

function isLocale(language: string): language is Locale {
  return LOCALES.some((locale) => locale === language);
}
