import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextLink } from "../../components/link.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { CardFields, TestCards } from "./card_fields.tsx";
import { sandboxText } from "./text.ts";

export type InvoicePageProps = {
  id: string;
  number: string;
  amount: string;
  state: "confirm" | "pay" | "settled";
  backUrl: string;
  expiry?: string;
  errors?: Record<string, string>;
  problem?: string;
};

/** `/sandbox/invoices/:id`: the bank's confirmation (3-D Secure), or the payment of an open invoice. */
export function SandboxInvoicePage(props: InvoicePageProps) {
  const text = sandboxText.use();
  const { id, number, amount, state, backUrl, problem, errors = {}, expiry } = props;
  const action = `/sandbox/invoices/${id}`;
  return (
    <FormColumn title={state === "confirm" ? text.confirmTitle : text.payTitle(number)} lead={text.sandbox}>
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      {state === "settled" ? <Alert kind="success">{text.settled}</Alert> : null}
      {state === "confirm"
        ? (
          <Card>
            <form method="post" action={action} class="grid gap-4">
              <p>{text.confirmLead(amount)}</p>
              <div class="flex gap-2">
                <Button variant="primary" name="answer" value="confirm" id="confirm-button">
                  {text.confirm}
                </Button>
                <Button name="answer" value="refuse">{text.refuse}</Button>
              </div>
            </form>
          </Card>
        )
        : null}
      {state === "pay"
        ? (
          <>
            <form method="post" action={action} novalidate class="grid gap-4">
              <CardFields errors={errors} expiry={expiry} />
              <Button id="pay-button" variant="primary" class="w-full">{text.pay(amount)}</Button>
            </form>
            <TestCards />
          </>
        )
        : null}
      <p class="text-sm">
        <TextLink href={backUrl}>{text.back}</TextLink>
      </p>
    </FormColumn>
  );
}

export type PortalPageProps = {
  customerId: string;
  card: { brand: string; last4: string } | null;
  backUrl: string;
  expiry?: string;
  errors?: Record<string, string>;
};

/** `/sandbox/portal/:customer`: replaces the card. */
export function PortalPage({ customerId, card, backUrl, expiry, errors = {} }: PortalPageProps) {
  const text = sandboxText.use();
  return (
    <FormColumn title={text.portalTitle} lead={text.sandbox}>
      <Card>
        <p class="font-medium">{card ? text.currentCard(card.brand, card.last4) : text.noCard}</p>
        <p class="mt-1 text-sm text-muted">{text.portalLead}</p>
      </Card>
      <form method="post" action={`/sandbox/portal/${customerId}`} novalidate class="grid gap-4">
        <CardFields errors={errors} expiry={expiry} />
        <Button id="pay-button" variant="primary" class="w-full">{text.saveCard}</Button>
      </form>
      <p class="text-sm">
        <TextLink href={backUrl}>{text.back}</TextLink>
      </p>
      <TestCards />
    </FormColumn>
  );
}
