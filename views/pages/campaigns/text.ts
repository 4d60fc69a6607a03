import { catalog } from "../../text.ts";
import { en } from "./text.en.ts";

export const campaignText = catalog({ en });
