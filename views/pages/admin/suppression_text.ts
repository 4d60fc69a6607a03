import { catalog } from "../../text.ts";
import { en } from "./suppression_text.en.ts";

export const suppressionText = catalog({ en });
