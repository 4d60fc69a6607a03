import { catalog } from "../../text.ts";
import { en } from "./import_text.en.ts";

export const importText = catalog({ en });
