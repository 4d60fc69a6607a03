import { type Context, Hono } from "hono";
import { testCard } from "../../src/billing/engine/cards.ts";
import type { Card, CheckoutState, CustomerState, InvoiceState } from "../../src/billing/engine/state.ts";
import { unitAmount } from "../../src/billing/engine/amounts.ts";
import { dueOf } from "../../src/billing/engine/ledger.ts";
import { sandboxOf } from "../../src/billing/gateway/open.ts";
import type { SandboxGateway } from "../../src/billing/gateway/sandbox/sandbox.ts";
import { formatMoney } from "../../src/billing/money.ts";
import { planOf } from "../../src/billing/plans.ts";
import { notFound } from "../../src/errors.ts";
import { LANGUAGE_TAGS } from "../../views/locale.ts";
import { CheckoutPage } from "../../views/pages/sandbox/checkout_page.tsx";
import { PortalPage, SandboxInvoicePage } from "../../views/pages/sandbox/invoice_page.tsx";
import { sandboxText } from "../../views/pages/sandbox/text.ts";
import { translatorTo } from "../../views/wording.ts";
import { type Fields, type HttpEnv, PAGE_NOT_FOUND, readForm } from "../http.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";

/** The sandbox gateway's own pages. Their addresses can't be guessed, and they work without signing in, like those of a real gateway. */
export const sandboxPages = new Hono<HttpEnv>();

type Shown = { expiry?: string; errors?: Record<string, string>; problem?: string };

sandboxPages.get("/checkout/:id", async (c) => {
  const { checkout } = await gatewayOf(c).getCheckout(c.req.param("id"));
  if (checkout.status === "complete") return c.redirect(checkout.successUrl, 303);
  return await checkoutPage(c, checkout);
});

sandboxPages.post("/checkout/:id", async (c) => {
  const gateway = gatewayOf(c);
  const { checkout } = await gateway.getCheckout(c.req.param("id"));
  if (checkout.status === "complete") return c.redirect(checkout.successUrl, 303);
  const entered = readCard(c, await readForm(c));
  if (!("card" in entered) || checkout.status === "expired") return await checkoutPage(c, checkout, entered);
  const payment = await gateway.payCheckout(checkout.id, entered.card);
  if (payment.outcome === "action_required") return c.redirect(`/sandbox/invoices/${payment.invoiceId}`, 303);
  if (payment.outcome === "paid") return c.redirect(checkout.successUrl, 303);
  return await checkoutPage(c, checkout, { expiry: entered.expiry, problem: payment.reason });
});

sandboxPages.get("/invoices/:id", async (c) => {
  return await invoicePage(c, await gatewayOf(c).getInvoice(c.req.param("id")));
});

/** Answers the bank, or pays with another card. */
sandboxPages.post("/invoices/:id", async (c) => {
  const gateway = gatewayOf(c);
  const { invoice, customer } = await gateway.getInvoice(c.req.param("id"));
  const fields = await readForm(c);
  if (invoice.needsAction) {
    await gateway.answerConfirmation(invoice.id, fields.answer === "confirm");
    return c.redirect(returnUrlOf(customer, invoice), 303);
  }
  const entered = readCard(c, fields);
  if (!("card" in entered)) return await invoicePage(c, { invoice, customer }, entered);
  await gateway.replaceCard(customer.customerId, entered.card, invoice.id);
  const paid = await gateway.getInvoice(invoice.id);
  if (paid.invoice.status === "paid") return c.redirect(returnUrlOf(customer, invoice), 303);
  return await invoicePage(c, paid, { expiry: entered.expiry, problem: paid.invoice.failure ?? undefined });
});

sandboxPages.get("/portal/:customer", async (c) => {
  return await portalPage(c, await gatewayOf(c).getCustomer(c.req.param("customer")));
});

sandboxPages.post("/portal/:customer", async (c) => {
  const gateway = gatewayOf(c);
  const customer = await gateway.getCustomer(c.req.param("customer"));
  const entered = readCard(c, await readForm(c));
  if (!("card" in entered)) return await portalPage(c, customer, entered);
  await gateway.replaceCard(customer.customerId, entered.card);
  return c.redirect(`${backUrlOf(customer)}?checkout=done`, 303);
});

async function checkoutPage(c: Context<HttpEnv>, checkout: CheckoutState, shown?: Shown): Promise<Response> {
  const { price, seats, trialEndsAt } = checkout;
  const isLater = trialEndsAt !== null && trialEndsAt > c.get("services").clock.now().getTime();
  const amount = unitAmount(price) * seats;
  const body = (
    <CheckoutPage
      id={checkout.id}
      plan={translatorTo(localeOf(c))(planOf(price.plan, price.version).name)}
      cycle={price.cycle}
      dueToday={moneyText(c, isLater ? 0 : amount, price.currency)}
      perPeriod={moneyText(c, amount, price.currency)}
      chargesAt={isLater ? new Date(trialEndsAt) : null}
      isOpen={checkout.status === "open"}
      backUrl={checkout.cancelUrl}
      {...shown}
    />
  );
  return await page(c, { title: textOf(c).title, body, status: shown ? 422 : 200 });
}

async function invoicePage(
  c: Context<HttpEnv>,
  { invoice, customer }: { invoice: InvoiceState; customer: CustomerState },
  shown?: Shown,
): Promise<Response> {
  const state = invoice.status !== "open" ? "settled" : invoice.needsAction ? "confirm" : "pay";
  const body = (
    <SandboxInvoicePage
      id={invoice.id}
      number={invoice.number}
      amount={moneyText(c, dueOf(invoice), invoice.currency)}
      state={state}
      backUrl={backUrlOf(customer)}
      {...shown}
    />
  );
  return await page(c, { title: textOf(c).payTitle(invoice.number), body, status: shown ? 422 : 200 });
}

async function portalPage(c: Context<HttpEnv>, customer: CustomerState, shown?: Shown): Promise<Response> {
  const { customerId, card } = customer;
  const body = <PortalPage customerId={customerId} card={card} backUrl={backUrlOf(customer)} {...shown} />;
  return await page(c, { title: textOf(c).portalTitle, body, status: shown ? 422 : 200 });
}

/** The card that was entered, or what is wrong with it. */
function readCard(c: Context<HttpEnv>, fields: Fields): { card: Card; expiry: string } | Shown {
  const { errors: text } = textOf(c);
  const { card_number: number = "", expiry = "", cvc = "" } = fields;
  const expires = readExpiry(expiry, c.get("services").clock.now());
  const card = testCard(number, expires ?? { expiryMonth: 1, expiryYear: 2000 });
  const errors = {
    ...(card ? {} : { card_number: text.cardNumber }),
    ...(expires ? {} : { expiry: text.expiry }),
    ...(/^\d{3,4}$/.test(cvc.trim()) ? {} : { cvc: text.cvc }),
  };
  return card && Object.keys(errors).length === 0 ? { card, expiry } : { expiry, errors };
}

/** "12/30" or "12/2030", this month or later. */
function readExpiry(text: string, now: Date): { expiryMonth: number; expiryYear: number } | null {
  const [, month, year] = /^\s*(\d{1,2})\s*\/\s*(\d{2}|\d{4})\s*$/.exec(text) ?? [];
  if (!month || !year) return null;
  const expiryMonth = Number(month);
  const expiryYear = year.length === 2 ? 2_000 + Number(year) : Number(year);
  const isOver = Date.UTC(expiryYear, expiryMonth, 1) <= now.getTime();
  return expiryMonth < 1 || expiryMonth > 12 || isOver ? null : { expiryMonth, expiryYear };
}

function returnUrlOf(customer: CustomerState, { subscriptionId }: InvoiceState): string {
  const checkout = customer.checkouts.find((each) => each.subscriptionId === subscriptionId);
  return checkout?.successUrl ?? `${backUrlOf(customer)}?checkout=done`;
}

/** Where the customer came from: only our own addresses are stored. */
function backUrlOf({ checkouts }: CustomerState): string {
  return checkouts.at(-1)?.cancelUrl ?? "/";
}

function gatewayOf(c: Context<HttpEnv>): SandboxGateway {
  const gateway = sandboxOf(c.get("services"));
  if (!gateway) throw notFound(PAGE_NOT_FOUND);
  return gateway;
}

function moneyText(
  c: Context<HttpEnv>,
  amount: number,
  currency: Parameters<typeof formatMoney>[0]["currency"],
) {
  return formatMoney({ amount, currency }, LANGUAGE_TAGS[localeOf(c)]);
}

function textOf(c: Context<HttpEnv>) {
  return sandboxText.of(localeOf(c));
}
