import type { FieldErrors } from "../../../src/errors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { fill } from "../../text.ts";
import { CAMPAIGNS_PATH, SETTINGS_PATH } from "./address.ts";
import { campaignText } from "./text.ts";

/** `/campaigns/:id/delete` */
export function DeleteCampaignPage({ id, name }: { id: string; name: string }) {
  const text = campaignText.use();
  const shownName = (
    <strong class="font-semibold text-ink">
      <bdi>{name}</bdi>
    </strong>
  );
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={`${CAMPAIGNS_PATH}/${id}/delete`} class="grid gap-5">
          <p class="text-muted wrap-anywhere">{fill(text.deleteWarning, { name: shownName })}</p>
          <div class="flex flex-wrap gap-2">
            <Button variant="danger">{text.remove}</Button>
            <ButtonLink href={`${CAMPAIGNS_PATH}/${id}`}>{text.form.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}

/** `/campaigns/settings`: what stands in every campaign. */
export function CampaignSettingsPage(
  { address, errors = {}, problem, canManage }: {
    address?: string;
    errors?: FieldErrors;
    problem?: string;
    canManage: boolean;
  },
) {
  const { settingsForm: text } = campaignText.use();
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={SETTINGS_PATH} novalidate class="grid gap-5">
          {problem ? <Alert kind="error">{problem}</Alert> : null}
          <TextField
            id="postal-address"
            name="postal_address"
            label={text.address}
            hint={text.addressHint}
            value={address}
            error={errors.postal_address}
            maxlength={300}
            disabled={!canManage}
          />
          {canManage
            ? (
              <div>
                <Button variant="primary">{text.save}</Button>
              </div>
            )
            : null}
        </form>
      </Card>
    </div>
  );
}
