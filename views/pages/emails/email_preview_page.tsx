import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { classes } from "../../components/classes.ts";
import { TextLink } from "../../components/link.tsx";
import { Tabs } from "../../components/tabs.tsx";
import type { RenderedEmail } from "../../emails/render.tsx";
import { SiteHeading } from "../../layouts/site_layout.tsx";
import { emailTitle } from "./emails_page.tsx";
import { emailsText } from "./text.ts";

export const PREVIEWS = ["desktop", "dark", "phone", "text"] as const;
export type Preview = typeof PREVIEWS[number];

/** `/dev/emails/:name`: an email as its reader sees it. */
export function EmailPreviewPage(
  { name, email, preview }: { name: string; email: RenderedEmail; preview: Preview },
) {
  const text = emailsText.use();
  const href = `/dev/emails/${name}`;
  const tabs = PREVIEWS.map((known) => ({
    label: text.previews[known],
    href: `${href}?preview=${known}`,
    current: known === preview,
  }));
  return (
    <div class="mx-auto w-full max-w-5xl px-5 py-10">
      <p class="mb-2">
        <TextLink href="/dev/emails">{text.title}</TextLink>
      </p>
      <SiteHeading
        title={emailTitle(name)}
        lead={email.subject}
        action={<ButtonLink href={`${href}/html`}>{text.fullWindow}</ButtonLink>}
      />
      <Card flush class="overflow-hidden">
        <Tabs label={text.preview} tabs={tabs} />
        {preview === "text"
          ? <pre class="overflow-x-auto p-5 font-mono text-sm" tabindex={0}>{email.text}</pre>
          : <EmailFrame title={emailTitle(name)} src={`${href}/html`} preview={preview} />}
      </Card>
    </div>
  );
}

/** The email in its own frame, where it runs no scripts. */
function EmailFrame({ title, src, preview }: { title: string; src: string; preview: Preview }) {
  return (
    <div class={preview === "phone" ? "bg-sunken p-5 max-sm:p-0" : ""}>
      <iframe
        title={title}
        src={`${src}?scheme=${preview === "dark" ? "dark" : "light"}`}
        sandbox=""
        class={classes(
          "block h-[56rem] w-full border-0",
          preview === "phone" && "mx-auto max-w-[24.375rem]",
        )}
      >
      </iframe>
    </div>
  );
}
