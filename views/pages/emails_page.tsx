import type { MessageName } from "../../src/email/messages.ts";
import { Card } from "../components/card.tsx";
import { TextLink } from "../components/link.tsx";
import { Cell, Table } from "../components/table.tsx";

const COLUMNS = [{ label: "Message" }, { label: "Subject" }, { label: "Alone", class: "text-right" }];

/** `/dev/emails`: every message that the product sends. */
export function EmailsPage({ emails }: { emails: { name: MessageName; subject: string }[] }) {
  return (
    <div class="mx-auto grid max-w-5xl gap-6 px-5 py-10">
      <header class="grid gap-1.5">
        <h1 class="text-2xl font-semibold tracking-tighter">Email messages</h1>
        <p class="text-md text-muted">With sample data; nothing is sent from here.</p>
      </header>
      <Card flush>
        <Table label="Email messages" columns={COLUMNS}>
          {emails.map((email) => <EmailRow key={email.name} {...email} />)}
        </Table>
      </Card>
    </div>
  );
}

function EmailRow({ name, subject }: { name: MessageName; subject: string }) {
  const href = `/dev/emails/${name}`;
  return (
    <tr>
      <Cell class="align-top whitespace-nowrap">
        <TextLink href={href}>{emailTitle(name)}</TextLink>
      </Cell>
      <Cell class="wrap-anywhere text-muted">{subject}</Cell>
      <Cell wideOnly class="text-right whitespace-nowrap">
        <TextLink href={`${href}/html`} aria-label={`The HTML of ${emailTitle(name)} alone`}>HTML</TextLink>
      </Cell>
    </tr>
  );
}

/** "Reset password", of `reset_password`. */
export function emailTitle(name: MessageName): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
