import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { formatBytes, formatMoment } from "./formats.ts";

type Props = EmailMessages["export_ready"];

export const subject = ({ tenantName }: Props) => `Your export of ${tenantName} is ready`;

export const preheader = ({ sizeBytes, expiresAt }: Props) =>
  `${formatBytes(sizeBytes)}, to download until ${formatMoment(expiresAt)}.`;

/** To whoever asked for the export. */
export function Content({ name, tenantName, url, sizeBytes, expiresAt }: Props) {
  return (
    <>
      <Title>Your export is ready</Title>
      <Paragraph>
        Hello {name}, the data of {tenantName} is packed into one archive of {formatBytes(sizeBytes)}.
      </Paragraph>
      <ActionButton href={url}>Download export</ActionButton>
      <Note>
        The link works until{" "}
        {formatMoment(expiresAt)}. Keep the archive in a safe place: it holds everything in the workspace.
      </Note>
      <Note>
        If you didn't ask for this export, someone else may be using your account: choose a new password, and
        tell an owner of {tenantName}.
      </Note>
      <LinkFallback href={url} />
    </>
  );
}
