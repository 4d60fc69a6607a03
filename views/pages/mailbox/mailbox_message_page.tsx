import type { MailboxMessage } from "../../../src/email/mailbox.ts";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { TextLink } from "../../components/link.tsx";
import { SiteHeading } from "../../layouts/site_layout.tsx";
import { mailboxText } from "./text.ts";

export type MailboxMessagePageProps = { message: MailboxMessage; links: string[] };

/** `/dev/mailbox/:id`: an email as its reader would see it, as text, and with its headers. */
export function MailboxMessagePage({ message, links }: MailboxMessagePageProps) {
  const { id, subject, channel } = message;
  const text = mailboxText.use();
  return (
    <div class="mx-auto w-full max-w-5xl px-5 py-10">
      <p class="mb-2">
        <TextLink href="/dev/mailbox">{text.title}</TextLink>
      </p>
      <SiteHeading title={subject || text.noSubject} />
      <div class="grid grid-cols-1 gap-6">
        <Card title={text.envelope}>
          <Envelope message={message} />
        </Card>
        {channel === "sms" ? null : <HtmlCard id={id} />}
        <Card title={text.text}>
          <pre class="overflow-x-auto font-mono text-sm whitespace-pre-wrap wrap-anywhere">{message.text}</pre>
        </Card>
        {channel === "sms" ? null : (
          <Card title={text.links}>
            <Links links={links} />
          </Card>
        )}
      </div>
    </div>
  );
}

function HtmlCard({ id }: { id: string }) {
  const text = mailboxText.use();
  return (
    <Card
      title={text.html}
      action={<TextLink href={`/dev/mailbox/${id}/html`} target="_blank">{text.fullWindow}</TextLink>}
      flush
    >
      <iframe
        src={`/dev/mailbox/${id}/html`}
        title={text.htmlFrame}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        class="h-160 w-full rounded-b-lg bg-surface scheme-light"
      >
      </iframe>
    </Card>
  );
}

function Envelope({ message }: { message: MailboxMessage }) {
  const text = mailboxText.use();
  const { at, toName, toAddress, fromName, fromAddress, headers } = message;
  const facts = [
    { term: text.from, value: <Person name={fromName} address={fromAddress} /> },
    { term: text.to, value: <Person name={toName} address={toAddress} /> },
    { term: text.sent, value: <time datetime={at.toISOString()}>{at.toUTCString()}</time> },
    { term: text.kind, value: <code class="text-sm">{message.message}</code> },
    ...Object.entries(headers).map(([term, value]) => ({
      term,
      value: <code class="text-sm">{value}</code>,
    })),
  ];
  return <DescriptionList facts={facts} />;
}

function Person({ name, address }: { name: string; address: string }) {
  if (!name) return <span>{address}</span>;
  return (
    <>
      {name} <span class="text-muted">{address}</span>
    </>
  );
}

function Links({ links }: { links: string[] }) {
  const text = mailboxText.use();
  if (links.length === 0) return <p class="text-muted">{text.noLinks}</p>;
  return (
    <ul class="grid gap-2">
      {links.map((link) => (
        <li class="wrap-anywhere">
          <TextLink href={link}>{link}</TextLink>
        </li>
      ))}
    </ul>
  );
}
