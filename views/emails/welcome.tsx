import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Paragraph, TextLink, Title } from "./email_components.tsx";
import { FirstPassword } from "./first_password.tsx";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["welcome"];

export const subject = ({ workspace }: Props) => `${workspace ? workspace.name : "Your workspace"} is ready`;

export const preheader = ({ workspace, expiryDays }: Props) => {
  if (expiryDays) return `Choose a password within ${formatQuantity(expiryDays, "day")}, and sign in.`;
  return workspace ? `You are the owner of ${workspace.name}.` : "You are its owner.";
};

/** A workspace was created: that it is there, and where. No tips: nobody can unsubscribe from what is about an account. */
export function Content({ workspace, url, expiryDays }: Props) {
  return (
    <>
      <Title>{workspace ? `Welcome, ${workspace.ownerName}` : "Your workspace is ready"}</Title>
      {workspace
        ? (
          <>
            <Paragraph>
              The workspace {workspace.name} is ready, and you are its owner.
            </Paragraph>
            <Paragraph>
              <TextLink href={workspace.projectsUrl}>See your projects</TextLink>
              <br />
              <TextLink href={workspace.settingsUrl}>Change the workspace's settings</TextLink>
            </Paragraph>
          </>
        )
        : <Paragraph>A workspace was created for this address, and you are its owner.</Paragraph>}
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
