import { catalog } from "../../text.ts";
import { en } from "./text.en.ts";

export const websiteEventsText = catalog({ en });
