import { type Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import type { z } from "zod";
import { planOf, PLANS } from "../../src/billing/plans.ts";
import {
  extendTrialByStaff,
  grantPlanByStaff,
  refundInput,
  refundInvoice,
  replayBilling,
  setOverrideByStaff,
  staffExtension,
  staffGrant,
  staffOverride,
  staffReason,
  staffRemoval,
  voidInvoice,
} from "../../src/billing/staff.ts";
import { getBillingRecord, getStaffInvoice } from "../../src/billing/staff_record.ts";
import type { TenantContext } from "../../src/context.ts";
import { newId } from "../../src/platform/ids.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Fact } from "../../views/components/description_list.tsx";
import { Day } from "../../views/components/time.tsx";
import { billingPath } from "../../views/pages/admin/billing_account_page.tsx";
import {
  AmountField,
  type BillingAction,
  BillingActionPage,
  type BillingForm,
  DaysField,
  GrantFields,
  OverrideFields,
} from "../../views/pages/admin/billing_action_page.tsx";
import { adminBillingText } from "../../views/pages/admin/billing_text.ts";
import { translatorTo } from "../../views/wording.ts";
import type { StaffEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, type Page, page } from "../page.tsx";
import { formatFor, overridable, trailOf } from "./billing.tsx";

type Text = ReturnType<typeof adminBillingText.use>;

/** What a page of an action shows, and what its form does. */
type Action<Schema extends z.ZodType> = {
  action: BillingAction;
  schema: Schema;
  show(request: Request): Promise<Shown> | Shown;
  /** `key` is the same for a repeated form. Returns the message. */
  run(request: Request, input: z.output<Schema>, key: string): Promise<string>;
};
type Request = { c: Context<StaffEnv>; ctx: TenantContext; text: Text; form?: BillingForm };
type Shown = { title: string; facts?: Fact[]; fields?: Child };

/** What staff do about a workspace's billing. Each has a page that asks for a reason. */
export const billingActionPages = new Hono<StaffEnv>();

actOn("/tenants/:id/billing/invoices/:invoice/refund", {
  action: "refund",
  schema: refundInput,
  show: async ({ c, ctx, text, form }) => {
    const { name, currency, ...invoice } = await getStaffInvoice(ctx, c.req.param("invoice")!);
    const show = (amount: number) => formatFor(localeOf(c)).exact({ amount, currency });
    const left = show(invoice.refundable);
    return {
      title: text.todo.refund.title(name),
      facts: [
        { term: text.paid, value: show(invoice.amountPaid) },
        { term: text.leftToRefund, value: left },
      ],
      fields: <AmountField left={left} form={form} />,
    };
  },
  run: async ({ c, ctx, text }, input, key) => {
    const refunded = await refundInvoice(ctx, c.req.param("invoice")!, { ...input, key });
    return text.todo.refund.done(formatFor(localeOf(c)).exact(refunded));
  },
});

actOn("/tenants/:id/billing/invoices/:invoice/void", {
  action: "void",
  schema: staffReason,
  show: async ({ c, ctx, text }) => {
    const { name, currency, total } = await getStaffInvoice(ctx, c.req.param("invoice")!);
    const amount = formatFor(localeOf(c)).exact({ amount: total, currency });
    return { title: text.todo.void.title(name), facts: [{ term: text.amount, value: amount }] };
  },
  run: async ({ c, ctx, text }, input, key) => {
    const { name } = await getStaffInvoice(ctx, c.req.param("invoice")!);
    await voidInvoice(ctx, c.req.param("invoice")!, { ...input, key });
    return text.todo.void.done(name);
  },
});

actOn("/tenants/:id/billing/trial", {
  action: "trial",
  schema: staffExtension,
  show: async ({ ctx, text, form }) => {
    const { account } = await getBillingRecord(ctx);
    const until = account?.trialEndsAt ? <Day at={account.trialEndsAt} /> : text.neverTried;
    return {
      title: text.todo.trial.title(),
      facts: [{ term: text.trialUntil, value: until }],
      fields: <DaysField form={form} />,
    };
  },
  run: async ({ ctx, text }, input, key) => {
    await extendTrialByStaff(ctx, { ...input, key });
    return text.todo.trial.done();
  },
});

actOn("/tenants/:id/billing/grant", {
  action: "grant",
  schema: staffGrant,
  show: ({ c, text, form }) => {
    const plans = PLANS.map((plan) => {
      const name = formatFor(localeOf(c)).plan(plan);
      return { value: plan, label: plan === "starter" ? text.takesGrantAway(name) : name };
    });
    return { title: text.todo.grant.title(), fields: <GrantFields plans={plans} form={form} /> };
  },
  run: async ({ c, ctx, text }, input, key) => {
    await grantPlanByStaff(ctx, { ...input, key });
    return text.todo.grant.done(translatorTo(localeOf(c))(planOf(input.plan).name));
  },
});

actOn("/tenants/:id/billing/override", {
  action: "override",
  schema: staffOverride,
  show: ({ c, ctx, text, form }) => ({
    title: text.todo.override.title(),
    fields: <OverrideFields keys={overridable(ctx.services, localeOf(c))} form={form} />,
  }),
  run: async ({ ctx, text }, input, form) => {
    await setOverrideByStaff(ctx, { ...input, form });
    return text.todo.override.done();
  },
});

actOn("/tenants/:id/billing/override/removal", {
  action: "removal",
  schema: staffRemoval,
  show: ({ c, ctx, text, form }) => {
    const key = form?.values.key ?? c.req.query("key") ?? "";
    const known = overridable(ctx.services, localeOf(c)).find(({ value }) => value === key);
    return {
      title: text.todo.removal.title(),
      facts: [{ term: text.key, value: known?.label ?? key }],
      fields: <input type="hidden" name="key" value={key} />,
    };
  },
  run: async ({ ctx, text }, input, form) => {
    await setOverrideByStaff(ctx, { ...input, value: "none", until: null, form });
    return text.todo.removal.done();
  },
});

actOn("/tenants/:id/billing/sync", {
  action: "sync",
  schema: staffReason,
  show: ({ text }) => ({ title: text.todo.sync.title() }),
  run: async ({ ctx, text }, input, key) => {
    await replayBilling(ctx, { ...input, key });
    return text.todo.sync.done();
  },
});

/** Adds the page of an action, and the form that runs it. */
function actOn<Schema extends z.ZodType>(route: string, action: Action<Schema>): void {
  billingActionPages.get(route, async (c) => await page(c, await pageOf(await requestOf(c), action)));

  billingActionPages.post(route, async (c) => {
    const request = await requestOf(c);
    return await form(c, {
      schema: action.schema,
      submit: (input, sent) => action.run(request, input, sent.idFor(action.action) ?? newId()),
      done: (flash) => ({ to: billingPath(request.ctx.tenant.id), flash }),
      refusals: ["invalid", "conflict"],
      refused: (form) => pageOf({ ...request, form }, action),
    });
  });
}

async function requestOf(c: Context<StaffEnv>): Promise<Request> {
  const ctx = await openTenant(c.get("staff"), c.req.param("id")!);
  return { c, ctx, text: adminBillingText.of(localeOf(c)) };
}

async function pageOf<Schema extends z.ZodType>(
  request: Request,
  { action, show }: Pick<Action<Schema>, "action" | "show">,
): Promise<Page> {
  const { c, ctx, text, form } = request;
  const { title, ...shown } = await show(request);
  const back = billingPath(ctx.tenant.id);
  return {
    title,
    trail: [...trailOf(c, ctx.tenant), { label: text.title, href: back }],
    body: <BillingActionPage action={action} path={c.req.path} back={back} form={form} {...shown} />,
  };
}
