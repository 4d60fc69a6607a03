import type { FieldErrors } from "../../../src/errors.ts";
import type { Channel } from "../../../src/notifications/channel.ts";
import type { Wording } from "../../../src/platform/wording.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { EmailChoices, type EmailChoicesProps } from "../../components/email_choices.tsx";
import { TextField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { PushToggle } from "../../components/push_toggle.tsx";
import { SelectField } from "../../components/select.tsx";
import { useTranslate } from "../../wording.ts";
import { accountText } from "./text.ts";

export type KindChoice = { name: string; label: Wording; choices: Partial<Record<Channel, boolean>> };

export type NotificationsPageProps = EmailChoicesProps & {
  kinds: KindChoice[];
  /** The channels that some kind offers, and that reach the person. */
  channels: Channel[];
  times: { timeZone: string; quietFrom: string; quietUntil: string; isDigest: boolean };
  timeZones: readonly string[];
  errors?: FieldErrors;
  /** The public key for notifications on the device. Null where there are none. */
  pushKey: string | null;
};

/** `/account/notifications`: which notifications a person gets, where, and when. */
export function NotificationsPage({ categories, preferences, pushKey, ...props }: NotificationsPageProps) {
  const text = accountText.use();
  return (
    <>
      <PageLead>{text.notificationsLead}</PageLead>
      <form method="post" action="/account/notifications" novalidate class="grid grid-cols-1 gap-6">
        <Card title={text.notifications}>
          <KindTable {...props} />
        </Card>
        <Card title={text.times}>
          <Times {...props} />
        </Card>
        <Card title={text.emails}>
          <EmailChoices categories={categories} preferences={preferences} />
        </Card>
        <div>
          <Button variant="primary">{text.savePreferences}</Button>
        </div>
      </form>
      {pushKey
        ? (
          <div class="mt-6">
            <PushToggle publicKey={pushKey} />
          </div>
        )
        : null}
    </>
  );
}

function KindTable({ kinds, channels }: Pick<NotificationsPageProps, "kinds" | "channels">) {
  const text = accountText.use();
  const translate = useTranslate();
  return (
    <table class="w-full text-start">
      <caption class="sr-only">{text.notifications}</caption>
      <thead>
        <tr class="text-sm text-muted">
          <th scope="col" class="py-1.5 pe-2 text-start font-medium">{text.toldWhen}</th>
          {channels.map((channel) => (
            <th key={channel} scope="col" class="w-20 px-1 py-1.5 text-center font-medium">
              {text.channels[channel]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody class="divide-y divide-line border-t border-line">
        {kinds.map(({ name, label, choices }) => (
          <tr key={name}>
            <th scope="row" class="py-2 pe-2 text-start font-normal">{translate(label)}</th>
            {channels.map((channel) => (
              <td key={channel} class="px-1 text-center">
                <Choice
                  name={`${name}.${channel}`}
                  label={`${translate(label)}: ${text.channels[channel]}`}
                  isOn={choices[channel]}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Choice({ name, label, isOn }: { name: string; label: string; isOn: boolean | undefined }) {
  if (isOn === undefined) return null;
  return (
    <label class="inline-grid size-11 place-items-center">
      <input type="checkbox" name={name} checked={isOn} class="size-4" aria-label={label} />
    </label>
  );
}

function Times(
  { times, timeZones, errors = {} }: Pick<NotificationsPageProps, "times" | "timeZones" | "errors">,
) {
  const text = accountText.use();
  return (
    <div class="grid gap-5">
      <Checkbox
        id="is-digest"
        name="is_digest"
        label={text.digest}
        hint={text.digestHint}
        checked={times.isDigest}
      />
      <div class="grid gap-5 sm:grid-cols-2">
        <TextField
          id="quiet-from"
          name="quiet_from"
          type="time"
          label={text.quietFrom}
          value={times.quietFrom}
          error={errors.quiet_from}
          optional
        />
        <TextField
          id="quiet-until"
          name="quiet_until"
          type="time"
          label={text.quietUntil}
          value={times.quietUntil}
          error={errors.quiet_until}
          optional
        />
      </div>
      <p class="text-sm text-muted">{text.quietHint}</p>
      <SelectField
        id="time-zone"
        name="time_zone"
        label={text.timeZone}
        options={timeZones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " "), isTyped: true }))}
        value={times.timeZone}
        error={errors.time_zone}
      />
    </div>
  );
}
