import { catalog } from "../../text.ts";
import { en } from "./tenant_text.en.ts";

export const tenantText = catalog({ en });
