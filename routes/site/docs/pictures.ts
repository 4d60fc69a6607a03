import { readImageHeader } from "../../../src/platform/image_header.ts";
import { EncodedContent } from "../../encoded_content.ts";
import { DOCS_FOLDER } from "./folder.ts";

export type Picture = { file: EncodedContent; width: number; height: number };

const FOLDER = new URL("images/", DOCS_FOLDER);

let loaded: Promise<Map<string, Picture>> | undefined;

/** The pictures of the guides, by name. A request finds a picture by its name, so its path never reaches the disk. */
export function loadPictures(): Promise<Map<string, Picture>> {
  return loaded ??= readPictures();
}

async function readPictures(): Promise<Map<string, Picture>> {
  const names = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
  return new Map(await Promise.all(names.map(async (name) => [name, await readPicture(name)] as const)));
}

async function readPicture(name: string): Promise<Picture> {
  const content = await Deno.readFile(new URL(name, FOLDER));
  const header = readImageHeader(content);
  if (!header) throw new Error(`docs/images/${name} is no picture`);
  const { mediaType, width, height } = header;
  return { file: new EncodedContent(mediaType, content), width, height };
}
