import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { SelectField } from "../../components/select.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { settingsText } from "./text.ts";

const GRACE_DAYS = [0, 7, 14, 30];

type SignInRulesPageProps = {
  /** From when on members need a second factor. */
  from: Date | null;
  now: Date;
  canManage: boolean;
};

/** `/settings/security`: how members have to sign in. */
export function SignInRulesPage({ from, now, canManage }: SignInRulesPageProps) {
  const text = settingsText.use();
  return (
    <>
      <PageLead>{text.signInRulesLead}</PageLead>
      <Card title={text.secondFactor}>
        <p>
          {from
            ? from > now ? fill(text.requiredFrom, { day: <Day at={from} long /> }) : text.requiredNow
            : text.notRequired}
        </p>
        {canManage ? <RulesForm isRequired={from !== null} /> : null}
      </Card>
    </>
  );
}

function RulesForm({ isRequired }: { isRequired: boolean }) {
  const text = settingsText.use();
  if (isRequired) {
    return (
      <form method="post" action="/settings/security" class="mt-4">
        <Button>{text.stopRequiring}</Button>
      </form>
    );
  }
  return (
    <form method="post" action="/settings/security" class="mt-5 grid gap-5">
      <SelectField
        id="grace-days"
        name="grace_days"
        label={text.graceDays}
        hint={text.graceHint}
        options={GRACE_DAYS.map((days) => ({ value: String(days), label: text.inDays(days) }))}
        value="14"
      />
      <div>
        <Button variant="primary">{text.requireSecondFactor}</Button>
      </div>
    </form>
  );
}
