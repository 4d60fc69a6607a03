import { catalog } from "../../text.ts";
import { en } from "./analytics_text.en.ts";

export const adminAnalyticsText = catalog({ en });
