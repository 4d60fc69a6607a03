import type { Context } from "hono";
import { SEQUENCES_PATH } from "../../views/pages/sequences/sequences_page.tsx";
import { sequenceText } from "../../views/pages/sequences/text.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";

export function listCrumb(c: Context<MemberEnv>) {
  return { label: textOf(c).title, href: SEQUENCES_PATH };
}

export function textOf(c: Context<MemberEnv>) {
  return sequenceText.of(localeOf(c));
}
