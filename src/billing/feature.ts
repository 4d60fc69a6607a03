import { limitCounters } from "../../db/tenant/schema/billing.ts";
import { feature } from "../feature.ts";

export default feature("billing", { tables: [limitCounters] });
