import { Card } from "../components/card.tsx";
import { classes } from "../components/classes.ts";
import { TextLink } from "../components/link.tsx";
import { Tabs } from "../components/tabs.tsx";
import type { RenderedEmail } from "../emails/render.tsx";
import { emailTitle } from "./emails_page.tsx";

export const PREVIEWS = ["desktop", "phone", "text"] as const;
export type Preview = typeof PREVIEWS[number];

const LABELS: Record<Preview, string> = { desktop: "Desktop", phone: "Phone", text: "Text" };

/** `/dev/emails/:name`: an email as its reader sees it. */
export function EmailPreviewPage(
  { name, email, preview }: { name: string; email: RenderedEmail; preview: Preview },
) {
  const title = emailTitle(name);
  const href = `/dev/emails/${name}`;
  const tabs = PREVIEWS.map((known) => ({
    label: LABELS[known],
    href: `${href}?preview=${known}`,
    current: known === preview,
  }));
  return (
    <div class="mx-auto grid max-w-5xl grid-cols-1 gap-6 px-5 py-10">
      <header class="grid gap-1.5">
        <p>
          <TextLink href="/dev/emails">Emails</TextLink>
        </p>
        <h1 class="text-2xl font-semibold tracking-tighter">{title}</h1>
        <p class="text-md text-muted wrap-anywhere">Subject: {email.subject}</p>
        <p>
          <TextLink href={`${href}/html`}>Open HTML in full window</TextLink>
        </p>
      </header>
      <Card flush>
        <Tabs label="Preview" tabs={tabs} />
        {preview === "text"
          ? <pre class="overflow-x-auto p-5 font-mono text-sm" tabindex={0}>{email.text}</pre>
          : <EmailFrame title={title} src={`${href}/html`} narrow={preview === "phone"} />}
      </Card>
    </div>
  );
}

/** The email in its own frame, where it can't run or load anything. */
function EmailFrame({ title, src, narrow }: { title: string; src: string; narrow: boolean }) {
  return (
    <div class={narrow ? "bg-sunken p-5 max-sm:p-0" : ""}>
      <iframe
        title={title}
        src={src}
        sandbox=""
        class={classes("block h-[56rem] w-full rounded-b-lg border-0", narrow && "mx-auto max-w-[24.375rem]")}
      >
      </iframe>
    </div>
  );
}
