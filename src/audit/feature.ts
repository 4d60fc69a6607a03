import { auditLog } from "../../db/tenant/schema/audit.ts";
import { feature } from "../feature.ts";

export const audit = feature("audit", { tables: [auditLog] });
