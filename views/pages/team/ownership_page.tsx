import type { Child } from "hono/jsx";
import type { OwnershipOffer } from "../../../src/access/ownership_offers.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { teamText } from "./text.ts";

export type OwnershipPageProps = {
  offer: Pick<OwnershipOffer, "from" | "to" | "expiresAt">;
  /** Whether the person got the offer. Otherwise, they made it. */
  isReceived: boolean;
  workspace: string;
};

/** `/team/ownership`: an open offer of ownership, for the two people that it is about. */
export function OwnershipPage({ offer: { from, to, expiresAt }, isReceived, workspace }: OwnershipPageProps) {
  const { ownership: text } = teamText.use();
  const parts = {
    from: <Name>{from.name}</Name>,
    to: <Name>{to.name}</Name>,
    workspace: <Name>{workspace}</Name>,
    day: <Day at={expiresAt} long />,
  };
  return (
    <div class="max-w-xl">
      <Card>
        <div class="grid gap-4">
          <p class="text-md wrap-anywhere">{fill(isReceived ? text.received : text.sent, parts)}</p>
          <p class="text-muted wrap-anywhere">{fill(isReceived ? text.receivedHow : text.sentHow, parts)}</p>
          <div class="flex flex-wrap gap-2">
            {isReceived
              ? (
                <form method="post" action="/team/ownership/accept">
                  <Button variant="primary">{text.accept}</Button>
                </form>
              )
              : null}
            <form method="post" action="/team/ownership/end">
              <Button>{isReceived ? text.decline : text.withdraw}</Button>
            </form>
          </div>
        </div>
      </Card>
    </div>
  );
}

function Name({ children }: { children?: Child }) {
  return (
    <strong class="font-semibold text-ink">
      <bdi>{children}</bdi>
    </strong>
  );
}
