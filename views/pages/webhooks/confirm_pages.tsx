import type { FieldErrors } from "../../../src/errors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { SelectField } from "../../components/select.tsx";
import { Clock, Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { webhookText } from "./text.ts";
import { WEBHOOKS_PATH } from "./webhook_address.ts";

type Named = { id: string; host: string };

/** `/developers/webhooks/:id/delete` */
export function DeleteWebhookPage({ id, host }: Named) {
  const text = webhookText.use();
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={`${WEBHOOKS_PATH}/${id}/delete`} class="grid gap-5">
          <p class="text-muted wrap-anywhere">
            {fill(text.removeText, {
              host: <strong class="font-semibold text-ink" dir="ltr">{host}</strong>,
            })}
          </p>
          <div class="flex flex-wrap gap-2">
            <Button variant="danger">{text.remove}</Button>
            <ButtonLink href={`${WEBHOOKS_PATH}/${id}`}>{text.form.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}

/** `/developers/webhooks/:id/secret`. `formerUntil`: a former secret signs until then. */
export function RotateSecretPage({ id, formerUntil }: { id: string; formerUntil?: Date }) {
  const text = webhookText.use();
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={`${WEBHOOKS_PATH}/${id}/secret`} class="grid gap-5">
          <FormKeyField />
          <p class="text-muted">{text.rotateText}</p>
          {formerUntil
            ? (
              <Alert kind="warning">
                {fill(text.rotateAgain, { day: <Day at={formerUntil} />, time: <Clock at={formerUntil} /> })}
              </Alert>
            )
            : null}
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{text.rotateAction}</Button>
            <ButtonLink href={`${WEBHOOKS_PATH}/${id}`}>{text.form.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}

export type ReplayPageProps = {
  id: string;
  values: { since?: string; only?: string };
  errors?: FieldErrors;
  problem?: string;
};

/** `/developers/webhooks/:id/replay` */
export function ReplayPage({ id, values, errors = {}, problem }: ReplayPageProps) {
  const text = webhookText.use();
  const choices = ["failed", "all"] as const;
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={`${WEBHOOKS_PATH}/${id}/replay`} novalidate class="grid gap-5">
          {problem ? <Alert kind="error">{problem}</Alert> : null}
          <p class="text-muted">{text.replayText}</p>
          <SelectField
            id="replay-only"
            name="only"
            label={text.replayOnly}
            options={choices.map((value) => ({ value, label: text.replayChoices[value] }))}
            value={values.only ?? "failed"}
            error={errors.only}
          />
          <TextField
            id="replay-since"
            name="since"
            type="datetime-local"
            label={text.replaySince}
            hint={text.replaySinceHint}
            value={values.since}
            error={errors.since}
          />
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{text.replayAction}</Button>
            <ButtonLink href={`${WEBHOOKS_PATH}/${id}`}>{text.form.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}
