import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Paragraph, TextLink, Title } from "./email_components.tsx";
import { FirstPassword } from "./first_password.tsx";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["welcome"];

export const subject = ({ tenantName }: Props) => `${tenantName} is ready`;

export const preheader = ({ tenantName, expiryDays }: Props) =>
  expiryDays
    ? `Choose a password within ${formatQuantity(expiryDays, "day")}, and sign in.`
    : `You are the owner of ${tenantName}.`;

/** A workspace was made: that it is there, and where. No tips: nobody can unsubscribe from what is about an account. */
export function Content({ name, tenantName, url, expiryDays, projectsUrl, settingsUrl }: Props) {
  return (
    <>
      <Title>Welcome, {name}</Title>
      <Paragraph>
        The workspace {tenantName} is ready, and you are its owner.
      </Paragraph>
      <Paragraph>
        <TextLink href={projectsUrl}>See your projects</TextLink>
        <br />
        <TextLink href={settingsUrl}>Change the workspace's settings</TextLink>
      </Paragraph>
      {expiryDays
        ? (
          <>
            <FirstPassword url={url} expiryDays={expiryDays} />
            <LinkFallback href={url} />
          </>
        )
        : <ActionButton href={url}>Open your workspace</ActionButton>}
    </>
  );
}
