import { feature } from "../feature.ts";
import { OPEN_STREAMS } from "./open_streams.ts";

export default feature("event stream", { parts: [OPEN_STREAMS] });
