import { openStripeBench } from "../support/gateway_bench.ts";
import { gatewayContract } from "./gateway_contract.ts";

/** Protects: Stripe's driver does what the product expects of a payment gateway, with parameters that Stripe takes. */

gatewayContract("stripe", openStripeBench);
