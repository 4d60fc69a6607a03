import type { EmailMessages, LimitUsage } from "../../src/email/messages.ts";
import { formatCount } from "../components/count.ts";
import { UsageBar } from "./email_charts.tsx";
import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { formatDay } from "./formats.ts";

type Props = EmailMessages["usage_near_limit"];

export const subject = (props: Props) =>
  `${props.tenantName} has used ${percentOf(props)}% of its ${props.metric}`;

export const preheader = ({ used, limit, metric }: Props) =>
  `${formatCount(limit - used)} of ${formatCount(limit)} ${metric} are left.`;

/** Before a limit is reached, while there is time to do something. */
export function Content(props: Props) {
  const { tenantName, metric, used, limit, periodEnd, upgradeUrl } = props;
  return (
    <>
      <Title>{percentOf(props)}% of your {metric} are used</Title>
      <Paragraph>
        {tenantName} has used {formatCount(used)} of the {formatCount(limit)} {metric} in its plan
        {periodEnd ? `. The count starts again on ${formatDay(periodEnd)}.` : "."}
      </Paragraph>
      <UsageBar used={used} limit={limit} />
      <Paragraph>
        Nothing changes yet. At the limit, further {metric} are refused
        {periodEnd ? " until that day" : ""}; a larger plan raises it at once.
      </Paragraph>
      <ActionButton href={upgradeUrl}>See plans</ActionButton>
      <Note>You get this once for each limit{periodEnd ? " and period" : ""}.</Note>
    </>
  );
}

/** Rounded down, so that nothing is said to be used up before it is. */
function percentOf({ used, limit }: LimitUsage): number {
  return limit > 0 ? Math.floor(used / limit * 100) : 100;
}
