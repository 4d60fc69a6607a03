import type { MailboxMessage } from "../../../src/email/mailbox.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { SiteHeading } from "../../layouts/site_layout.tsx";
import { mailboxText } from "./text.ts";

export type MailboxPageProps = {
  messages: MailboxMessage[];
  previousCursor: string | null;
  nextCursor: string | null;
  /** Shows only email to this address. */
  to?: string;
  /** The current way of sending email. `mailbox` captures it here. */
  transport: string;
  now: Date;
};

/** `/dev/mailbox`: captured email. */
export function MailboxPage(
  { messages, previousCursor, nextCursor, to, transport, now }: MailboxPageProps,
) {
  const text = mailboxText.use();
  const { subject, to: recipient, sent } = text.columns;
  return (
    <div class="mx-auto w-full max-w-5xl px-5 py-10">
      <SiteHeading
        title={text.title}
        lead={to ? text.leadTo(to) : text.lead}
        action={messages.length > 0 ? <MailboxActions to={to} /> : undefined}
      />
      {transport === "mailbox" ? null : <SendsNow transport={transport} />}
      <Card flush>
        {messages.length === 0
          ? <NoEmail to={to} />
          : (
            <Table label={text.list} columns={[{ label: subject }, { label: recipient }, { label: sent }]}>
              {messages.map((message) => <EmailRow key={message.id} message={message} now={now} />)}
            </Table>
          )}
        <Pagination
          previousHref={previousCursor ? mailboxHref(to, previousCursor) : null}
          nextHref={nextCursor ? mailboxHref(to, nextCursor) : null}
        />
      </Card>
    </div>
  );
}

function MailboxActions({ to }: { to?: string }) {
  const text = mailboxText.use();
  return (
    <>
      {to ? <ButtonLink href="/dev/mailbox">{text.showAll}</ButtonLink> : null}
      <form method="post" action="/dev/mailbox/clear">
        <Button icon="trash">{text.empty}</Button>
      </form>
    </>
  );
}

function SendsNow({ transport }: { transport: string }) {
  return (
    <div class="mb-6">
      <Alert kind="info">
        {mailboxText.use().sendsNow(transport === "smtp" ? "SMTP" : "Resend")}
      </Alert>
    </div>
  );
}

function EmailRow({ message, now }: { message: MailboxMessage; now: Date }) {
  const { id, subject, toName, toAddress, at } = message;
  return (
    <tr class="relative transition-colors hover:bg-canvas">
      <Cell class="w-full max-w-0">
        <a
          href={`/dev/mailbox/${id}`}
          class="block truncate rounded-sm font-medium after:absolute after:inset-0"
        >
          {subject || mailboxText.use().noSubject}
        </a>
        <p class="mt-0.5 flex items-center gap-x-3 text-sm text-muted md:hidden">
          <span class="truncate">{toAddress}</span>
          <span class="ms-auto shrink-0">
            <Time at={at} now={now} />
          </span>
        </p>
      </Cell>
      <Cell wideOnly class="whitespace-nowrap">
        <span class="block max-w-72 truncate">{toName || toAddress}</span>
        {toName ? <span class="block max-w-72 truncate text-sm text-muted">{toAddress}</span> : null}
      </Cell>
      <Cell wideOnly class="whitespace-nowrap text-muted">
        <Time at={at} now={now} />
      </Cell>
    </tr>
  );
}

function NoEmail({ to }: { to?: string }) {
  const text = mailboxText.use();
  if (to) {
    return (
      <EmptyState icon="search" title={text.noEmail} text={text.noEmailTo(to)}>
        <ButtonLink href="/dev/mailbox">{text.showAll}</ButtonLink>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="inbox"
      title={text.noEmailYet}
      text={text.noEmailYetHint}
    />
  );
}

function mailboxHref(to?: string, cursor?: string): string {
  const parameters = new URLSearchParams();
  if (to) parameters.set("to", to);
  if (cursor) parameters.set("cursor", cursor);
  return parameters.size > 0 ? `/dev/mailbox?${parameters}` : "/dev/mailbox";
}
