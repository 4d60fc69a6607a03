import { catalog } from "../../text.ts";
import { en } from "./user_text.en.ts";

export const userText = catalog({ en });
