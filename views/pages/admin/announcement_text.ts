import { catalog } from "../../text.ts";
import { en } from "./announcement_text.en.ts";

export const announcementText = catalog({ en });
