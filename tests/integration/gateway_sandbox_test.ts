import assert from "node:assert/strict";
import type { SandboxGateway } from "../../src/billing/gateway/sandbox/sandbox.ts";
import { card, CONFIRMED_CARD, GOOD_CARD } from "../support/billing.ts";
import { openSandboxBench } from "../support/gateway_bench.ts";
import { Buyer, PREMIUM } from "../support/gateway_buyer.ts";
import { gatewayContract } from "./gateway_contract.ts";

/** Protects: the sandbox does what the product expects of a payment gateway. */

gatewayContract("sandbox", openSandboxBench);

Deno.test("two clicks on the pay button at once are one subscription", async () => {
  await using bench = await openSandboxBench();
  const buyer = await Buyer.open(bench);
  const { id } = await buyer.checkout();
  const sandbox = bench.gateway as SandboxGateway;

  await Promise.all([
    sandbox.payCheckout(id, card(GOOD_CARD)),
    sandbox.payCheckout(id, card(GOOD_CARD)),
    sandbox.payCheckout(id, card(GOOD_CARD)),
  ]);

  const { subscriptions, invoices } = await buyer.account();
  assert.deepEqual([subscriptions.length, invoices.length], [1, 1]);
});

Deno.test("a new card pays no order that was given up", async () => {
  await using bench = await openSandboxBench();
  const buyer = await Buyer.open(bench);
  const sandbox = bench.gateway as SandboxGateway;
  await buyer.pay(await buyer.checkout(), CONFIRMED_CARD);
  const { id: givenUp } = await buyer.invoice();
  await buyer.buy({ price: PREMIUM });

  await sandbox.replaceCard(buyer.customerId, card(GOOD_CARD));

  const { subscriptions } = await buyer.account();
  assert.deepEqual(subscriptions.map(({ status }) => status), ["active", "incomplete"]);
  await sandbox.replaceCard(buyer.customerId, card(GOOD_CARD), givenUp);
  assert.equal((await sandbox.fetchInvoice(givenUp)).status, "paid");
});
