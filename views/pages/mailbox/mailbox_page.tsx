import type { MailboxMessage } from "../../../src/email/mailbox.ts";
import { Alert, type Flash } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { PageHeading } from "../../layouts/shell_frame.tsx";
import { SiteLayout } from "../../layouts/site_layout.tsx";

export type MailboxPageProps = {
  messages: MailboxMessage[];
  nextCursor: string | null;
  isFirst: boolean;
  /** The address that is looked at alone. */
  to?: string;
  /** The way that mail takes now: `mailbox` where it stays here. */
  transport: string;
  now: Date;
  flash?: Flash;
};

const COLUMNS = [{ label: "Subject" }, { label: "To" }, { label: "Sent" }];

/** `/dev/mailbox`: the mails that would have left. */
export function MailboxPage(
  { messages, nextCursor, isFirst, to, transport, now, flash }: MailboxPageProps,
) {
  return (
    <SiteLayout title="Mailbox" flash={flash} wide>
      <div class="mx-auto w-full max-w-5xl px-5 py-10">
        <PageHeading
          title="Mailbox"
          lead={to ? `Mail to ${to}` : "Mail that would have left. Nothing here reaches anyone."}
          action={messages.length > 0 ? <MailboxActions to={to} /> : undefined}
        />
        {transport === "mailbox" ? null : <LeavesNow transport={transport} />}
        <Card flush>
          {messages.length === 0
            ? <NoMail to={to} />
            : (
              <Table label="Mail, the newest first" columns={COLUMNS}>
                {messages.map((message) => <MailRow key={message.id} message={message} now={now} />)}
              </Table>
            )}
          <Pagination
            firstHref={isFirst ? null : mailboxHref(to)}
            nextHref={nextCursor ? mailboxHref(to, nextCursor) : null}
          />
        </Card>
      </div>
    </SiteLayout>
  );
}

function MailboxActions({ to }: { to?: string }) {
  return (
    <>
      {to ? <ButtonLink href="/dev/mailbox">Show all mail</ButtonLink> : null}
      <form method="post" action="/dev/mailbox/clear">
        <Button icon="trash">Empty the mailbox</Button>
      </form>
    </>
  );
}

function LeavesNow({ transport }: { transport: string }) {
  return (
    <div class="mb-6">
      <Alert kind="info">
        Mail leaves by {transport === "smtp" ? "SMTP" : "Resend"}{" "}
        now. What stands here is from before that was set up.
      </Alert>
    </div>
  );
}

function MailRow({ message, now }: { message: MailboxMessage; now: Date }) {
  const { id, subject, toName, toAddress, at } = message;
  return (
    <tr class="transition-colors hover:bg-canvas">
      <Cell class="w-full max-w-0">
        <a href={`/dev/mailbox/${id}`} class="block truncate rounded-sm font-medium hover:underline">
          {subject || "No subject"}
        </a>
        <p class="mt-0.5 flex items-center gap-x-3 text-sm text-muted md:hidden">
          <span class="truncate">{toAddress}</span>
          <span class="ml-auto shrink-0">
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

function NoMail({ to }: { to?: string }) {
  if (to) {
    return (
      <EmptyState icon="search" title="No mail" text={`Nothing was sent to ${to}.`}>
        <ButtonLink href="/dev/mailbox">Show all mail</ButtonLink>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="inbox"
      title="No mail yet"
      text="Sign up, invite someone or ask for a new password: what the product sends then is shown here."
    />
  );
}

function mailboxHref(to?: string, cursor?: string): string {
  const parameters = new URLSearchParams();
  if (to) parameters.set("to", to);
  if (cursor) parameters.set("cursor", cursor);
  return parameters.size > 0 ? `/dev/mailbox?${parameters}` : "/dev/mailbox";
}
