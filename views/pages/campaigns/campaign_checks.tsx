import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { Icon } from "../../components/icon.tsx";
import { TextLink } from "../../components/link.tsx";
import { CAMPAIGNS_PATH, SETTINGS_PATH } from "./address.ts";
import { campaignText } from "./text.ts";

/** A line of the list before sending. `problems` is empty if it is fine. */
type ShownCheck = { name: string; label: string; problems: string[] };

export type ShownChecks = { list: ShownCheck[]; recipients: number; isReady: boolean };

/** The field of the form that schedules the campaign. */
export type Schedule = { scheduleError?: string; scheduleValue?: string };

type ChecksProps = { campaign: { id: string }; checks: ShownChecks; canManage: boolean; timeZone: string };

/** The list before sending, and the forms that send or schedule the campaign. */
export function CampaignChecks(
  { campaign: { id }, checks, canManage, timeZone, scheduleError, scheduleValue }: ChecksProps & Schedule,
) {
  const text = campaignText.use();
  const { list, recipients, isReady } = checks;
  return (
    <Card title={text.checks}>
      <div class="grid gap-4">
        <p class={isReady ? "" : "text-danger"}>{isReady ? text.ready(recipients) : text.notReady}</p>
        <ul class="grid gap-2">
          {list.map((check) => <CheckLine key={check.name} check={check} />)}
        </ul>
        {isReady && canManage
          ? (
            <>
              <form method="post" action={`${CAMPAIGNS_PATH}/${id}/send`}>
                <Button variant="primary" icon="send">{text.sendTo(recipients)}</Button>
              </form>
              <form
                method="post"
                action={`${CAMPAIGNS_PATH}/${id}/schedule`}
                novalidate
                class="grid gap-3 border-t border-line pt-4"
              >
                <TextField
                  id="campaign-schedule"
                  name="scheduled_at"
                  type="datetime-local"
                  label={text.scheduleAt}
                  hint={text.scheduleHint(timeZone)}
                  value={scheduleValue}
                  error={scheduleError}
                />
                <div>
                  <Button icon="clock">{text.schedule}</Button>
                </div>
              </form>
            </>
          )
          : null}
      </div>
    </Card>
  );
}

function CheckLine({ check: { name, label, problems } }: { check: ShownCheck }) {
  const text = campaignText.use();
  const isFine = problems.length === 0;
  return (
    <li class="flex items-start gap-2.5">
      <Icon name={isFine ? "check" : "alert"} class={`mt-1 ${isFine ? "text-success" : "text-danger"}`} />
      <span class="min-w-0 wrap-anywhere">
        {isFine ? label : problems.map((problem) => <span key={problem} class="block">{problem}</span>)}
        {name === "address" && !isFine ? <TextLink href={SETTINGS_PATH}>{text.addAddress}</TextLink> : null}
      </span>
    </li>
  );
}
