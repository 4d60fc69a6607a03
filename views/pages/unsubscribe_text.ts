import { catalog } from "../text.ts";
import { en } from "./unsubscribe_text.en.ts";

export const unsubscribeText = catalog({ en });
