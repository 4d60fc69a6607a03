import { ActionButton, LinkFallback, Paragraph, TextLink, Title } from "./email_components.tsx";
import { FirstPassword, type WayIn } from "./first_password.tsx";
import { useEmailText } from "./text.ts";

export type WelcomeData = WayIn & {
  /** Null if the address is unconfirmed: a stranger may have chosen these words. */
  workspace: { name: string; ownerName: string; projectsUrl: string; settingsUrl: string } | null;
};

/** No tips or offers: readers can't unsubscribe from emails about their account. */
export function Welcome({ workspace, url, expiryDays }: WelcomeData) {
  const text = useEmailText().welcome;
  return (
    <>
      <Title>{workspace ? text.title(workspace.ownerName) : text.unnamed.title}</Title>
      <Paragraph>{workspace ? text.body(workspace.name) : text.unnamed.body}</Paragraph>
      {workspace ? <WhatNext workspace={workspace} /> : null}
      {expiryDays
        ? (
          <>
            <FirstPassword url={url} expiryDays={expiryDays} />
            <LinkFallback href={url} />
          </>
        )
        : <ActionButton href={url}>{text.button}</ActionButton>}
    </>
  );
}

function WhatNext({ workspace }: { workspace: NonNullable<WelcomeData["workspace"]> }) {
  const text = useEmailText().welcome;
  return (
    <Paragraph>
      <TextLink href={workspace.projectsUrl}>{text.projects}</TextLink>
      <br />
      <TextLink href={workspace.settingsUrl}>{text.settings}</TextLink>
    </Paragraph>
  );
}
