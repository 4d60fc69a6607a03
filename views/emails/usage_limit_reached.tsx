import type { EmailMessages } from "../../src/email/messages.ts";
import { formatCount } from "../components/count.ts";
import { UsageBar } from "./email_charts.tsx";
import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { formatDay } from "./formats.ts";

type Props = EmailMessages["usage_limit_reached"];

export const subject = ({ tenantName, metric }: Props) => `${tenantName} has used all of its ${metric}`;

export const preheader = ({ metric, periodEnd }: Props) =>
  periodEnd
    ? `Further ${metric} are refused until ${formatDay(periodEnd)}, or until you choose a larger plan.`
    : `Further ${metric} are refused until you choose a larger plan.`;

/** When a limit is reached and the product begins to refuse. */
export function Content({ tenantName, metric, used, limit, periodEnd, upgradeUrl }: Props) {
  return (
    <>
      <Title>All of your {metric} are used</Title>
      <Paragraph>
        {tenantName} has used {formatCount(used)} of the {formatCount(limit)} {metric} in its plan.
      </Paragraph>
      <UsageBar used={used} limit={limit} />
      <Paragraph>
        Further {metric}{" "}
        are refused from now on{periodEnd ? ` until ${formatDay(periodEnd)}` : ""}. A larger plan lifts this
        at once.
      </Paragraph>
      <ActionButton href={upgradeUrl}>Choose a larger plan</ActionButton>
      <Note>Everything else works as before, and nothing is lost.</Note>
    </>
  );
}
