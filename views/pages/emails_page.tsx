import { Card } from "../components/card.tsx";
import { TextLink } from "../components/link.tsx";
import { Cell, Table } from "../components/table.tsx";

const COLUMNS = [{ label: "Email" }, { label: "Subject" }, { label: "Full window", class: "text-right" }];

/** `/dev/emails`: every email that the product sends. */
export function EmailsPage({ emails }: { emails: { name: string; subject: string }[] }) {
  return (
    <div class="mx-auto grid max-w-5xl gap-6 px-5 py-10">
      <header class="grid gap-1.5">
        <h1 class="text-2xl font-semibold tracking-tighter">Emails</h1>
        <p class="text-md text-muted">Shown with sample data. Nothing is sent from this page.</p>
      </header>
      <Card flush>
        <Table label="Emails" columns={COLUMNS}>
          {emails.map((email) => <EmailRow key={email.name} {...email} />)}
        </Table>
      </Card>
    </div>
  );
}

function EmailRow({ name, subject }: { name: string; subject: string }) {
  const href = `/dev/emails/${name}`;
  return (
    <tr>
      <Cell class="align-top whitespace-nowrap">
        <TextLink href={href}>{emailTitle(name)}</TextLink>
      </Cell>
      <Cell class="wrap-anywhere text-muted">{subject}</Cell>
      <Cell wideOnly class="text-right whitespace-nowrap">
        <TextLink href={`${href}/html`} aria-label={`HTML of ${emailTitle(name)} in full window`}>
          HTML
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
