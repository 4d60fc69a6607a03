import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { useEmail, webAddress } from "./email_context.ts";
import { darkByPreference, darkInOutlook, ENHANCEMENTS, FOOTNOTE, MARK } from "./email_style.ts";
import { Grid } from "./grid.tsx";
import { LIGHT } from "./palette.ts";
import { useEmailText } from "./text.ts";

const OUTLOOK_SETTINGS = raw(
  "<!--[if mso]><noscript><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml></noscript><![endif]-->",
);
/** Outlook doesn't support `max-width`, so it gets a 600-pixel table around the fluid table. */
const OUTLOOK_COLUMN = raw(
  '<!--[if mso]><table role="presentation" align="center" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->',
);
const OUTLOOK_COLUMN_END = raw("<!--[if mso]></td></tr></table><![endif]-->");

/** Keeps inboxes from showing the body's first words after the preheader. */
const PREHEADER_FILL = "\u034f\u200c\u00a0".repeat(60);
const LINK_GAP = "\u00a0\u00a0 ";
const HIDDEN =
  "display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;mso-hide:all";

export type EmailFooter = {
  /** Why the reader gets the email, as a sentence. */
  reason: string;
  /** The sender's, which every campaign names. */
  postalAddress?: string;
  unsubscribeUrl: string | null;
  preferencesUrl: string | null;
};

/** The document around every email: the sender, the content on a card, and why the reader gets it. */
export function EmailLayout(
  { subject, preheader, footer, children }: {
    subject: string;
    preheader: string;
    footer: EmailFooter;
    children?: Child;
  },
) {
  const { locale } = useEmail();
  return (
    <html lang={locale} dir="ltr" xmlns:o="urn:schemas-microsoft-com:office:office">
      <Head title={subject} />
      <body class="canvas" style={`margin:0;padding:0;width:100%;background-color:${LIGHT.canvas}`}>
        <div class="preheader" style={HIDDEN}>{preheader}{PREHEADER_FILL}</div>
        <div
          role="article"
          aria-roledescription={useEmailText().layout.kind}
          aria-label={subject}
          lang={locale}
          dir="ltr"
        >
          <Grid fluid class="canvas" bgcolor={LIGHT.canvas} style={`background-color:${LIGHT.canvas}`}>
            <tr>
              <td class="edge" align="center" style="padding:40px 16px">
                {OUTLOOK_COLUMN}
                <Grid fluid style="max-width:600px;margin:0 auto">
                  <CardRow>{children}</CardRow>
                  <FooterRow footer={footer} />
                </Grid>
                {OUTLOOK_COLUMN_END}
              </td>
            </tr>
          </Grid>
        </div>
      </body>
    </html>
  );
}

function Head({ title }: { title: string }) {
  const { accent } = useEmail();
  return (
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="X-UA-Compatible" content="IE=edge" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="x-apple-disable-message-reformatting" />
      <meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no" />
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
      <title>{title}</title>
      {OUTLOOK_SETTINGS}
      {/* Separate blocks: Gmail drops a whole block if it doesn't know one of its rules. */}
      <style>{raw(ENHANCEMENTS)}</style>
      <style>{raw(darkByPreference(accent))}</style>
      <style>{raw(darkInOutlook(accent))}</style>
    </head>
  );
}

function CardRow({ children }: { children?: Child }) {
  return (
    <tr>
      <td
        class="surface line pad card"
        bgcolor={LIGHT.surface}
        style={`padding:40px 48px 28px;background-color:${LIGHT.surface};border:1px solid ${LIGHT.line};border-radius:12px`}
      >
        <Sender />
        {children}
      </td>
    </tr>
  );
}

function Sender() {
  const { brand } = useEmail();
  return (
    <Grid fluid class="html-only">
      <tr>
        <td style="padding:0 0 32px">
          <a href={webAddress(brand.url)} style="text-decoration:none">
            {brand.logoUrl ? <BrandLogo url={brand.logoUrl} /> : <BrandMark />}
          </a>
        </td>
      </tr>
    </Grid>
  );
}

function BrandLogo({ url }: { url: string }) {
  const { brand } = useEmail();
  return (
    <img
      class="logo"
      src={webAddress(url)}
      alt={brand.name}
      height="40"
      style={`display:block;border:0;height:40px;width:auto;max-width:220px;border-radius:6px;background-color:${LIGHT.surface};${MARK};line-height:40px;color:${LIGHT.ink}`}
    />
  );
}

/** The first letter on the brand's color and the name, if there is no logo. */
function BrandMark() {
  const { brand, accent } = useEmail();
  const initial = Array.from(brand.name.trim())[0]?.toUpperCase();
  const square =
    `width:32px;min-width:32px;height:32px;border-radius:8px;background-color:${accent.fill};${MARK};line-height:32px;color:${accent.onFill}`;
  return (
    <Grid>
      <tr>
        <td
          class="fill on-fill"
          width="32"
          height="32"
          align="center"
          bgcolor={accent.fill}
          style={square}
          aria-hidden="true"
        >
          {initial}
        </td>
        <td
          class="ink"
          style={`padding:0 0 0 10px;${MARK};line-height:24px;color:${LIGHT.ink};word-break:break-word`}
        >
          {brand.name}
        </td>
      </tr>
    </Grid>
  );
}

function FooterRow({ footer }: { footer: EmailFooter }) {
  const { brand } = useEmail();
  const text = useEmailText().layout;
  const links = [
    { label: brand.name, url: brand.url },
    { label: text.preferences, url: footer.preferencesUrl },
    { label: text.unsubscribe, url: footer.unsubscribeUrl },
  ];
  return (
    <tr>
      <td class="footer pad" style="padding:24px 49px 0">
        <p class="muted" style={FOOTNOTE}>{footer.reason}</p>
        {footer.postalAddress ? <p class="muted" style={FOOTNOTE}>{footer.postalAddress}</p> : null}
        <p class="muted" style={FOOTNOTE}>
          {links.map(({ label, url }) => url ? <FooterLink key={label} label={label} url={url} /> : null)}
        </p>
      </td>
    </tr>
  );
}

function FooterLink({ label, url }: { label: string; url: string }) {
  return (
    <>
      <a
        class="muted own-line"
        href={webAddress(url)}
        style={`color:${LIGHT.muted};text-decoration:underline`}
      >
        {label}
      </a>
      <span class="html-only">{LINK_GAP}</span>
    </>
  );
}
