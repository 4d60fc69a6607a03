import { catalog } from "../../text.ts";
import { en } from "./text.en.ts";

export const domainsText = catalog({ en });
