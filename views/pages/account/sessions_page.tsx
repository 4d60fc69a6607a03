import type { SignIn } from "../../../src/identity/sign_ins.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Icon } from "../../components/icon.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { accountText } from "./text.ts";

export type SessionsPageProps = {
  signIns: SignIn[];
  /** The id of this browser's sign-in. */
  currentId: string;
  now: Date;
  pages: { previousHref: string | null; nextHref: string | null };
};

/** `/account/sessions`: the browsers in which a person is signed in. */
export function SessionsPage({ signIns, currentId, now, pages }: SessionsPageProps) {
  const text = accountText.use();
  return (
    <>
      <PageLead>{text.sessionsLead}</PageLead>
      <Card flush>
        <ul class="divide-y divide-line" aria-label={text.sessions}>
          {signIns.map((signIn) => (
            <SignInItem key={signIn.id} signIn={signIn} isCurrent={signIn.id === currentId} now={now} />
          ))}
        </ul>
        <Pagination {...pages} />
        <SignOutOthers />
      </Card>
    </>
  );
}

function SignInItem({ signIn, isCurrent, now }: { signIn: SignIn; isCurrent: boolean; now: Date }) {
  const text = accountText.use();
  const { id, ipAddress, createdAt, lastSeenAt } = signIn;
  return (
    <li class="flex min-h-16 items-center gap-3 px-4 py-2.5">
      <Icon name={isPhone(signIn) ? "phone" : "laptop"} class="size-5 text-faint" />
      <div class="min-w-0 flex-1">
        <p class="font-medium">{text.browserName(signIn)}</p>
        <p class="flex flex-wrap gap-x-3 text-sm text-muted tabular-nums">
          <span class="wrap-anywhere">
            <span class="sr-only">{text.address}</span>
            {ipAddress}
          </span>
          <span>{fill(text.signedIn, { day: <Day at={createdAt} /> })}</span>
        </p>
      </div>
      <p class="text-end text-sm whitespace-nowrap text-muted">
        {isCurrent ? text.thisBrowser : (
          <>
            <span class="sr-only">{text.lastSeen}</span>
            <Time at={lastSeenAt} now={now} />
          </>
        )}
      </p>
      {isCurrent ? null : (
        <form method="post" action={`/account/sessions/${id}/end`}>
          <Button size="small" aria-label={text.signOutOf(signIn)}>{text.signOut}</Button>
        </form>
      )}
    </li>
  );
}

/** Ends all sessions but this one. */
function SignOutOthers() {
  const text = accountText.use();
  return (
    <form
      method="post"
      action="/account/sessions/end-others"
      class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line px-4 py-3"
    >
      <p class="text-sm text-muted">{text.signOutOthersNote}</p>
      <Button>{text.signOutOthers}</Button>
    </form>
  );
}

function isPhone({ system }: SignIn): boolean {
  return system === "iOS" || system === "Android";
}
