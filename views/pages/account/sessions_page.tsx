import type { SignIn } from "../../../src/identity/sign_ins.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Item, ItemEnd, Items } from "../../components/item.tsx";
import { TextLink } from "../../components/link.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { accountText } from "./text.ts";

export const ACTIVITY_PATH = "/account/sessions/activity";

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
      <PageLead>
        {text.sessionsLead} <TextLink href={ACTIVITY_PATH}>{text.seeActivity}</TextLink>
      </PageLead>
      <Card flush>
        <Items label={text.sessions}>
          {signIns.map((signIn) => (
            <SignInItem key={signIn.id} signIn={signIn} isCurrent={signIn.id === currentId} now={now} />
          ))}
        </Items>
        <Pagination {...pages} />
        <SignOutOthers />
      </Card>
    </>
  );
}

function SignInItem({ signIn, isCurrent, now }: { signIn: SignIn; isCurrent: boolean; now: Date }) {
  const text = accountText.use();
  return (
    <Item
      icon={iconOf(signIn)}
      title={text.browserName(signIn)}
      details={<SignInDetails signIn={signIn} />}
      end={isCurrent ? <ItemEnd>{text.thisBrowser}</ItemEnd> : (
        <>
          <LastSeen signIn={signIn} now={now} />
          <form method="post" action={`/account/sessions/${signIn.id}/end`}>
            <Button size="small" aria-label={text.signOutOf(signIn)}>{text.signOut}</Button>
          </form>
        </>
      )}
    />
  );
}

/** Where and when a person signed in. */
export function SignInDetails({ signIn: { ipAddress, createdAt } }: { signIn: SignIn }) {
  const text = accountText.use();
  return (
    <>
      <span class="wrap-anywhere">
        <span class="sr-only">{text.address}</span>
        {ipAddress}
      </span>
      <span>{fill(text.signedIn, { day: <Day at={createdAt} /> })}</span>
    </>
  );
}

/** When the browser was last used, at the end of its row. */
export function LastSeen({ signIn, now }: { signIn: SignIn; now: Date }) {
  return (
    <ItemEnd>
      <span class="sr-only">{accountText.use().lastSeen}</span>
      <Time at={signIn.lastSeenAt} now={now} />
    </ItemEnd>
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

export function iconOf({ system }: SignIn): "phone" | "laptop" {
  return system === "iOS" || system === "Android" ? "phone" : "laptop";
}
