import { z } from "zod";
import { INVOICE_STATUSES } from "../../src/billing/gateway/account.ts";
import { getInvoice, INVOICE_LIST, listInvoices } from "../../src/billing/invoices.ts";
import { BILLING_READ } from "../../src/billing/permissions.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const invoice = model("Invoice", {
  id: z.uuid(),
  number: z.string().nullable(),
  status: z.enum(INVOICE_STATUSES),
  total: z.int().openapi({ description: "In the currency's smallest unit, such as cents." }),
  amountDue: z.int(),
  amountPaid: z.int(),
  amountRefunded: z.int(),
  currency: z.string(),
  periodStart: z.iso.datetime(),
  periodEnd: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  paidAt: z.iso.datetime().nullable(),
  url: z.url().openapi({ description: "A page of the invoice to print." }),
}, {
  id: "0198c0de-7b2c-7d33-8e4f-60718293a4b5",
  number: "INV-0042",
  status: "paid",
  total: 2_900,
  amountDue: 0,
  amountPaid: 2_900,
  amountRefunded: 0,
  currency: "usd",
  periodStart: "2026-11-24T10:00:00.000Z",
  periodEnd: "2026-12-24T10:00:00.000Z",
  createdAt: "2026-11-24T10:00:00.000Z",
  paidAt: "2026-11-24T10:00:02.000Z",
  url: "https://acme.example.com/billing/invoices/0198c0de-7b2c-7d33-8e4f-60718293a4b5",
});

const invoices = tenantResource("Billing");
export default invoices;

invoices.list("/invoices", {
  operationId: "listInvoices",
  summary: "List invoices",
  permission: BILLING_READ,
  list: INVOICE_LIST,
  name: "InvoiceList",
  item: invoice,
  answer: "A page of invoices",
  run: listInvoices,
});

invoices.operation("get", "/invoices/{id}", {
  operationId: "getInvoice",
  summary: "Get an invoice",
  permission: BILLING_READ,
  answer: { description: "The invoice", schema: invoice },
  withoutEtag: true,
  run: (ctx, { id }) => getInvoice(ctx, id),
});
