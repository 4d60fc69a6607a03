import type { FieldErrors } from "../../../src/errors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { Clock, Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { announcementText } from "./announcement_text.ts";

export type NewsSenderCardProps = {
  /** The workspace that emails news. Null: none. */
  sender: { subdomain: string; isAble: boolean; syncedAt: Date | null; isFull: boolean } | null;
  values?: Record<string, string | undefined>;
  errors?: FieldErrors;
};

/** Which workspace emails news to the users of the product. */
export function NewsSenderCard({ sender, values = {}, errors = {} }: NewsSenderCardProps) {
  const text = announcementText.use();
  return (
    <Card title={text.sender} id="news-sender" class="max-w-160">
      <form method="post" action="/admin/announcements/sender" novalidate class="grid gap-5">
        <p class="text-muted">{text.senderLead}</p>
        {sender ? <SenderState {...sender} /> : null}
        <TextField
          id="subdomain"
          name="subdomain"
          label={text.senderSubdomain}
          hint={text.senderSubdomainHint}
          optional
          value={values.subdomain ?? sender?.subdomain}
          error={errors.subdomain}
          dir="ltr"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
        />
        <div>
          <Button>{text.senderSave}</Button>
        </div>
      </form>
    </Card>
  );
}

function SenderState({ isAble, isFull, syncedAt }: NonNullable<NewsSenderCardProps["sender"]>) {
  const text = announcementText.use();
  if (!isAble) return <Alert kind="warning">{text.senderUnable}</Alert>;
  if (isFull) return <Alert kind="warning">{text.senderFull}</Alert>;
  if (!syncedAt) return <p>{text.senderWaiting}</p>;
  return <p>{fill(text.senderSynced, { day: <Day at={syncedAt} />, time: <Clock at={syncedAt} /> })}</p>;
}
