import type { Child } from "hono/jsx";
import type {
  EmailBrand,
  EmailFooter,
  EmailMessages,
  MessageName,
  RenderedEmail,
} from "../../src/email/messages.ts";
import * as deletionScheduled from "./deletion_scheduled.tsx";
import { EmailContext } from "./email_context.ts";
import { EmailLayout } from "./email_layout.tsx";
import * as exportReady from "./export_ready.tsx";
import * as invitation from "./invitation.tsx";
import * as magicLink from "./magic_link.tsx";
import * as monthlyReport from "./monthly_report.tsx";
import * as newSignIn from "./new_sign_in.tsx";
import { accentOf } from "./palette.ts";
import * as paymentFailed from "./payment_failed.tsx";
import { plainText } from "./plain_text.ts";
import * as receipt from "./receipt.tsx";
import * as resetPassword from "./reset_password.tsx";
import * as signUpCode from "./sign_up_code.tsx";
import * as trialEnding from "./trial_ending.tsx";
import * as usageLimitReached from "./usage_limit_reached.tsx";
import * as usageNearLimit from "./usage_near_limit.tsx";
import * as verifyAddress from "./verify_address.tsx";
import * as welcome from "./welcome.tsx";

/** What a message's file exports. */
type Message<Name extends MessageName> = {
  subject(props: EmailMessages[Name], brand: EmailBrand): string;
  /** What an inbox shows beside the subject. */
  preheader(props: EmailMessages[Name], brand: EmailBrand): string;
  Content(props: EmailMessages[Name]): Child;
};

const MESSAGES: { [Name in MessageName]: Message<Name> } = {
  welcome,
  sign_up_code: signUpCode,
  verify_address: verifyAddress,
  reset_password: resetPassword,
  magic_link: magicLink,
  invitation,
  new_sign_in: newSignIn,
  receipt,
  payment_failed: paymentFailed,
  trial_ending: trialEnding,
  usage_near_limit: usageNearLimit,
  usage_limit_reached: usageLimitReached,
  monthly_report: monthlyReport,
  export_ready: exportReady,
  deletion_scheduled: deletionScheduled,
};

/** What `oneLine` of src/platform/text.ts takes out: views know only types of it, and a test compares the two. */
const UNFIT_FOR_A_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** A message with its subject, its HTML and its text. Throws when a link isn't http or https, or a color `#rrggbb`. */
export async function renderEmail<Name extends MessageName>(
  name: Name,
  props: EmailMessages[Name],
  { brand, footer }: { brand: EmailBrand; footer: EmailFooter },
): Promise<RenderedEmail> {
  const message: Message<Name> = MESSAGES[name];
  const subject = singleLine(message.subject(props, brand));
  const preheader = singleLine(message.preheader(props, brand));
  const Content = () => <>{message.Content(props)}</>;
  const page = await (
    <EmailContext.Provider value={{ brand, accent: accentOf(brand.color) }}>
      <EmailLayout subject={subject} preheader={preheader} footer={footer}>
        <Content />
      </EmailLayout>
    </EmailContext.Provider>
  );
  const html = `<!DOCTYPE html>${page}`;
  return { subject, html, text: plainText(html) };
}

function singleLine(text: string): string {
  return text.replaceAll(UNFIT_FOR_A_LINE, " ").replaceAll(/ {2,}/g, " ").trim();
}
