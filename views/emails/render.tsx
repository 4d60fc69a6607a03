import type { Child } from "hono/jsx";
import { DEFAULT_LOCALE, type Locale } from "../locale.ts";
import { type EmailBrand, EmailContext } from "./email_context.ts";
import { type EmailFooter, EmailLayout } from "./email_layout.tsx";
import { accentOf } from "./palette.ts";

/** The content of an email. */
export type EmailContent<Data> = {
  subject(data: Data, brand: EmailBrand, locale: Locale): string;
  /** The text that an inbox shows next to the subject. */
  preheader(data: Data, brand: EmailBrand, locale: Locale): string;
  view(data: Data): Child;
};

/** An email that is ready to send. The subject is one line without control characters. */
export type RenderedEmail = { subject: string; html: string; text: string };

/** The characters that `oneLine` in src/platform/text.ts removes. Views can't import it; a test compares the two. */
const UNFIT_FOR_A_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Throws if a link isn't http or https, or the brand's color isn't `#rrggbb`. */
export async function renderEmail<Data>(
  content: EmailContent<Data>,
  data: Data,
  { brand, footer, locale = DEFAULT_LOCALE }: { brand: EmailBrand; footer: EmailFooter; locale?: Locale },
): Promise<RenderedEmail> {
  const subject = singleLine(content.subject(data, brand, locale));
  const preheader = singleLine(content.preheader(data, brand, locale));
  const View = () => <>{content.view(data)}</>;
  const page = await (
    <EmailContext.Provider value={{ brand, accent: accentOf(brand.color), locale }}>
      <EmailLayout subject={subject} preheader={preheader} footer={footer}>
        <View />
      </EmailLayout>
    </EmailContext.Provider>
  );
  const html = `<!DOCTYPE html>${page}`;
  const { plainText } = await import("./plain_text.ts"); // loads a parser, which the server needs for emails only
  return { subject, html, text: plainText(html) };
}

function singleLine(text: string): string {
  return text.replaceAll(UNFIT_FOR_A_LINE, " ").replaceAll(/ {2,}/g, " ").trim();
}
