import { catalog } from "../text.ts";
import { en } from "./billing_text.en.ts";

export const billingText = catalog({ en });
