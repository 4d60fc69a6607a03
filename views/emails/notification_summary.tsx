import { ActionButton, Paragraph, TextLink, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type NotificationSummaryData = {
  tenantName: string;
  items: { text: string; url: string }[];
  allUrl: string;
};

/** Tells a member what they chose to get by email. */
export function NotificationSummary({ tenantName, items, allUrl }: NotificationSummaryData) {
  const text = useEmailText().notificationSummary;
  return (
    <>
      <Title>{text.subject(tenantName)}</Title>
      {items.map((item) => (
        <Paragraph key={item.url}>
          <TextLink href={item.url}>{text.item(item.text)}</TextLink>
        </Paragraph>
      ))}
      <ActionButton href={allUrl}>{text.button}</ActionButton>
    </>
  );
}
