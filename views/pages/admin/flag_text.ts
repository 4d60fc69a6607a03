import { catalog } from "../../text.ts";
import { en } from "./flag_text.en.ts";

export const flagText = catalog({ en });
