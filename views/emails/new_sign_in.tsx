import type { EmailBrand, EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, Facts, Note, Paragraph, TextLink, Title } from "./email_components.tsx";
import { formatMoment } from "./formats.ts";

type Props = EmailMessages["new_sign_in"];

export const subject = (_: Props, brand: EmailBrand) => `New sign-in to your ${brand.name} account`;

export const preheader = ({ browser, at }: Props) => `${browser}, ${formatMoment(at)}. Was it you?`;

/** After a sign-in from a browser that wasn't seen before. */
export function Content({ name, at, ipAddress, browser, sessionsUrl, resetUrl }: Props) {
  return (
    <>
      <Title>Was it you who signed in?</Title>
      <Paragraph>
        Hello {name}, someone signed in to your account from a browser that we haven't seen before.
      </Paragraph>
      <Facts
        facts={[
          { term: "When", value: formatMoment(at) },
          { term: "Browser", value: browser },
          { term: "IP address", value: ipAddress },
        ]}
      />
      <Paragraph>
        If it was you, there is nothing to do. If it wasn't, choose a new password now: that ends all
        sessions, and whoever signed in is out.
      </Paragraph>
      <ActionButton href={resetUrl}>Choose a new password</ActionButton>
      <Note>
        <TextLink href={sessionsUrl}>See where you are signed in</TextLink>
      </Note>
    </>
  );
}
