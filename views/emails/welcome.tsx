import { ActionButton, LinkFallback, Paragraph, TextLink, Title } from "./email_components.tsx";
import { FirstPassword, type WayIn } from "./first_password.tsx";

export type WelcomeData = WayIn & {
  /** Null if the address is unconfirmed: a stranger may have chosen these words. */
  workspace: { name: string; ownerName: string; projectsUrl: string; settingsUrl: string } | null;
};

/** No tips or offers: readers can't unsubscribe from emails about their account. */
export function Welcome({ workspace, url, expiryDays }: WelcomeData) {
  return (
    <>
      <Title>{workspace ? `Welcome, ${workspace.ownerName}` : "Your workspace is ready"}</Title>
      {workspace
        ? (
          <>
            <Paragraph>Your workspace {workspace.name} is ready. You're its owner.</Paragraph>
            <Paragraph>
              <TextLink href={workspace.projectsUrl}>See your projects</TextLink>
              <br />
              <TextLink href={workspace.settingsUrl}>Change the workspace's settings</TextLink>
            </Paragraph>
          </>
        )
        : <Paragraph>A workspace was created for this email address. You're its owner.</Paragraph>}
      {expiryDays
        ? (
          <>
            <FirstPassword url={url} expiryDays={expiryDays} />
            <LinkFallback href={url} />
          </>
        )
        : <ActionButton href={url}>Go to your workspace</ActionButton>}
    </>
  );
}
