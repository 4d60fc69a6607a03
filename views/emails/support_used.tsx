import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type SupportUsedData = {
  /** Null if the address is unconfirmed: a stranger may have chosen the names. */
  visit: {
    tenantName: string;
    staffName: string;
    memberName: string;
    reason: string;
    access: "read" | "change";
    hasGrant: boolean;
  } | null;
  url: string;
};

/** Tells an owner that support acts for a member. */
export function SupportUsed({ visit, url }: SupportUsedData) {
  const text = useEmailText().supportUsed;
  return (
    <>
      <Title>{text.subject(visit?.tenantName ?? text.yourWorkspace)}</Title>
      {visit
        ? (
          <>
            <Paragraph>{text.body[visit.access](visit.staffName, visit.memberName)}</Paragraph>
            <Paragraph>{text.reason(visit.reason)}</Paragraph>
          </>
        )
        : <Paragraph>{text.unnamed}</Paragraph>}
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{visit && !visit.hasGrant ? text.withoutGrant : text.limits}</Note>
    </>
  );
}
