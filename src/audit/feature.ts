import { auditLog } from "../../db/tenant/schema/audit.ts";
import { feature } from "../feature.ts";

export default feature("audit", { tables: [auditLog] });
