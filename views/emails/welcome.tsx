import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, Paragraph, TextLink, Title } from "./email_components.tsx";

type Props = EmailMessages["welcome"];

export const subject = ({ tenantName }: Props) => `${tenantName} is ready`;

export const preheader = () => "Three steps that get most teams going.";

/** After signing up: the workspace is there, and how to begin. */
export function Content({ name, tenantName, url, projectsUrl, settingsUrl, docsUrl }: Props) {
  return (
    <>
      <Title>Welcome, {name}</Title>
      <Paragraph>Your workspace {tenantName} is ready. Three steps get most teams going:</Paragraph>
      <Step label="Create your first project" href={projectsUrl}>
        One for each thing you work on. You can rename or archive it later.
      </Step>
      <Step label="Make the workspace yours" href={settingsUrl}>
        Its name, its address, and how its mail looks.
      </Step>
      <Step label="Connect your own programs" href={docsUrl}>
        Whatever you do on a page, a program can do through the API.
      </Step>
      <ActionButton href={url}>Open your workspace</ActionButton>
    </>
  );
}

function Step({ label, href, children }: { label: string; href: string; children?: string }) {
  return (
    <Paragraph>
      <strong style="font-weight:600">
        <TextLink href={href}>{label}</TextLink>
      </strong>
      <br />
      {children}
    </Paragraph>
  );
}
