import { Card } from "../../components/card.tsx";
import { TextLink } from "../../components/link.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { SiteHeading } from "../../layouts/site_layout.tsx";
import { emailsText } from "./text.ts";

/** An email as an inbox lists it. */
export type ListedEmail = { name: string; subject: string; preheader: string };

/** `/dev/emails`: every email that the product sends. */
export function EmailsPage({ emails }: { emails: ListedEmail[] }) {
  const text = emailsText.use();
  const columns = [
    { label: text.columns.email },
    { label: text.columns.inbox },
    { label: text.columns.html, class: "text-end" },
  ];
  return (
    <div class="mx-auto w-full max-w-5xl px-5 py-10">
      <SiteHeading title={text.title} lead={text.lead} />
      <Card flush>
        <Table label={text.title} columns={columns}>
          {emails.map((email) => <EmailRow key={email.name} email={email} />)}
        </Table>
      </Card>
    </div>
  );
}

/** The name's link covers the row. */
function EmailRow({ email: { name, subject, preheader } }: { email: ListedEmail }) {
  const text = emailsText.use();
  const href = `/dev/emails/${name}`;
  return (
    <tr class="relative transition-colors hover:bg-canvas">
      <Cell class="whitespace-nowrap max-md:block max-md:h-auto max-md:pt-3 max-md:pb-0">
        <a href={href} class="rounded-sm font-medium after:absolute after:inset-0">{emailTitle(name)}</a>
      </Cell>
      <Cell class="w-full max-md:block max-md:h-auto max-md:ps-4 max-md:pt-0 max-md:pb-3 md:max-w-0">
        <p class="truncate max-md:whitespace-normal">
          {subject} <span class="text-muted">{preheader}</span>
        </p>
      </Cell>
      <Cell wideOnly class="relative text-end whitespace-nowrap">
        <TextLink href={`${href}/html`} aria-label={text.openHtml(emailTitle(name))}>
          {text.columns.html}
        </TextLink>
      </Cell>
    </tr>
  );
}

/** "Reset password", from `reset_password`. */
export function emailTitle(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
