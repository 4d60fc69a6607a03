import type { Token } from "marked";
import { BUTTON, CampaignEmail } from "../../views/emails/campaign_email.tsx";
import { type RenderedEmail, renderEmail } from "../../views/emails/render.tsx";
import { emailText } from "../../views/emails/text.ts";
import { DEFAULT_LOCALE } from "../../views/locale.ts";
import type { TenantContext } from "../context.ts";
import { tenantBrand } from "../email/brand.ts";
import { randomBase32 } from "../platform/crypto.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { oneLine } from "../platform/text.ts";
import type { Campaign, Variant } from "./campaign.ts";
import { escapeHtml, hasField, type Merged, MergeFields } from "./merge_fields.ts";

const LINK_INVALID = problem(
  "campaign_link_invalid",
  "The link to {url} must start with https:// or mailto:.",
);
const IMAGE_INVALID = problem("campaign_image_invalid", "The image at {url} must start with https://.");

const LINK_PROTOCOLS = ["https:", "http:"];
const MAX_PREHEADER_LENGTH = 140;

/** An email with a mark in place of everything that differs between recipients. It is rendered once for thousands of them. */
export type Template = {
  variants: Record<Variant, RenderedEmail>;
  fields: MergeFields;
  /** The targets of its links, which may have marks. */
  links: string[];
  /** Of links and images. Those of fields are in `fields`. */
  problems: Problem[];
  places: Places;
};

/** Addresses that nobody can guess, so that no text of a tenant is one of them. */
type Places = { link: string; unsubscribe: string };

/** The links of one recipient's email. */
export type RecipientLinks = {
  link(position: number): string;
  unsubscribeUrl: string;
  /** Null: opening isn't tracked. */
  openUrl: string | null;
};

/** What a tenant writes. */
export type Content = Pick<Campaign, "subject" | "subjectB" | "body">;

/** Renders a campaign in the workspace's look. */
export async function makeTemplate(
  { tenant, services }: TenantContext,
  { subject, subjectB, body }: Content,
  postalAddress: string,
): Promise<Template> {
  const { marked } = await import("marked"); // most processes never send a campaign
  const { decodeEntities } = await import("./entities.ts"); // nor load this one's parser
  const fields = new MergeFields();
  const problems: Problem[] = [];
  const links: string[] = [];
  const host = `https://${randomBase32(20).toLowerCase()}.invalid`;
  const places = { link: `${host}/link/`, unsubscribe: `${host}/unsubscribe` };
  const targets = {
    link: (url: string) => {
      const target = linkTarget(url);
      if (target === null) problems.push(LINK_INVALID.with({ url: shown(fields, url) }));
      if (target === null || target.startsWith("mailto:")) return target;
      const known = links.indexOf(target);
      return `${places.link}${known >= 0 ? known : links.push(target) - 1}/`;
    },
    image: (url: string) => {
      const target = imageTarget(url);
      if (target === null) problems.push(IMAGE_INVALID.with({ url: shown(fields, url) }));
      return target;
    },
  };
  const tokens = marked.lexer(fields.mark(body));
  marked.walkTokens(tokens, decodeEntities);
  const render = (subject: string) =>
    renderEmail(
      { subject: () => subject, preheader: () => preheaderOf(tokens), view: CampaignEmail },
      { tokens, targets },
      {
        brand: tenantBrand(services.config.appUrl, tenant),
        footer: {
          reason: emailText.of(DEFAULT_LOCALE).reasons.contact(tenant.name),
          postalAddress,
          unsubscribeUrl: places.unsubscribe,
          preferencesUrl: null,
        },
      },
    );
  const a = await render(fields.mark(subject));
  const found = problems.splice(0); // a second rendering would repeat them
  const b = subjectB === null ? a : await render(fields.mark(subjectB));
  return { variants: { a, b }, fields, links, problems: found, places };
}

/** The email to one recipient. */
export function personalize(
  { variants, fields, places }: Template,
  variant: Variant,
  merged: Merged,
  { link, unsubscribeUrl, openUrl }: RecipientLinks,
): RenderedEmail {
  const { subject, html, text } = variants[variant];
  const pattern = new RegExp(`${places.link.replaceAll(".", "\\.")}(\\d+)/`, "g");
  const linked = (content: string) =>
    content.replaceAll(pattern, (_place, position) => link(Number(position)))
      .replaceAll(places.unsubscribe, unsubscribeUrl);
  const pixel = openUrl === null
    ? ""
    : `<img src="${escapeHtml(openUrl)}" alt="" width="1" height="1" style="display:block;border:0">`;
  return {
    subject: oneLine(fields.fill(subject, merged, "subject")),
    html: fields.fill(linked(html), merged, "html").replace("</body>", () => `${pixel}</body>`),
    text: fields.fill(linked(text), merged, "text"),
  };
}

/** The URL of an http, https or mailto link. The host can't come from a merge field. */
function linkTarget(url: string): string | null {
  const parsed = URL.parse(url);
  if (!parsed || hasField(parsed.host)) return null;
  if (parsed.protocol === "mailto:") return parsed.href;
  return LINK_PROTOCOLS.includes(parsed.protocol) && parsed.username === "" ? parsed.href : null;
}

function imageTarget(url: string): string | null {
  const parsed = URL.parse(url);
  return parsed?.protocol === "https:" && !hasField(parsed.host) ? parsed.href : null;
}

function shown(fields: MergeFields, url: string): string {
  return oneLine(fields.unmark(url)).slice(0, 100);
}

/** The first words of the email, which inboxes show beside the subject. */
function preheaderOf(tokens: readonly Token[]): string {
  const words = oneLine(tokens.filter(({ type }) => type === "paragraph").map(wordsOf).join(" "));
  if (words.length <= MAX_PREHEADER_LENGTH) return words;
  const cut = words.slice(0, MAX_PREHEADER_LENGTH);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), 1))}…`;
}

function wordsOf(token: Token): string {
  if ("tokens" in token && token.tokens) return token.tokens.map(wordsOf).join("");
  return token.type === "image" || token.raw.trim() === BUTTON ? "" : token.raw;
}
