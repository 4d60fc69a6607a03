import { limitCounters } from "../../db/tenant/schema/billing.ts";
import { feature } from "../feature.ts";

export const billing = feature("billing", { tables: [limitCounters] });
