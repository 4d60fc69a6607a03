import { catalog } from "../text.ts";
import { en } from "./push_text.en.ts";

export const pushText = catalog({ en });
