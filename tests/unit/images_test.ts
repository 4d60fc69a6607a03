import assert from "node:assert/strict";
import { reencodeImage } from "../../src/platform/image.ts";
import { readImageHeader } from "../../src/platform/image_header.ts";
import {
  blackPng,
  type Bytes,
  CAMERA,
  GIF,
  joined,
  pngChunk,
  WEBP_FILES,
  whiteJpeg,
} from "../support/images.ts";

/** Protects: an uploaded image is measured before it is decoded, and only its pixels are kept. */

const LIMITS = { maxSide: 4096, maxPixels: 4_000_000, fitInto: 512 };

const bytesOf = (text: string): Bytes => Uint8Array.from(new TextEncoder().encode(text));

Deno.test("the size of a PNG, a JPEG and every kind of WebP is read without decoding it", async () => {
  const jpeg = await whiteJpeg(40, 30);

  const headers = [blackPng(8000, 9), jpeg, ...Object.values(WEBP_FILES)].map(readImageHeader);

  assert.deepEqual(headers, [
    { mediaType: "image/png", width: 8000, height: 9 },
    { mediaType: "image/jpeg", width: 40, height: 30 },
    { mediaType: "image/webp", width: 1, height: 1 },
    { mediaType: "image/webp", width: 1, height: 1 },
    { mediaType: "image/webp", width: 1, height: 1 },
  ]);
});

Deno.test("files of other types are no images, and neither are files that end at any byte of their header", async () => {
  const svg = bytesOf(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`);
  const jpeg = await whiteJpeg(8, 8);
  const png = blackPng(8, 8);

  const others = [
    svg,
    GIF,
    bytesOf("%PDF-1.7"),
    bytesOf("RIFF\0\0\0\0WAVE"),
    bytesOf(""),
    bytesOf("\xff\xd8\xff"),
  ];
  const cut = [
    ...Array.from({ length: 24 }, (_, length) => png.slice(0, length)),
    ...Array.from({ length: jpeg.length - 1 }, (_, length) => jpeg.slice(0, length)),
    ...Object.values(WEBP_FILES).flatMap((file) =>
      Array.from({ length: file.length - 1 }, (_, n) => file.slice(0, n))
    ),
  ];

  assert.deepEqual(others.map(readImageHeader).filter(Boolean), []);
  assert.deepEqual(cut.map(readImageHeader).filter(Boolean), []);
});

Deno.test("a file that names two sizes is no image, because its decoder could use the larger one", async () => {
  const jpeg = await whiteJpeg(8, 8);
  const frameAt = jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0);
  const frame = jpeg.slice(frameAt, frameAt + 2 + (jpeg[frameAt + 2]! << 8) + jpeg[frameAt + 3]!);
  const twoFrames = joined(jpeg.slice(0, frameAt), frame, jpeg.slice(frameAt));
  const wider = WEBP_FILES.extended!.slice();
  wider[24] = 9;

  assert.deepEqual([twoFrames, wider].map(readImageHeader), [null, null]);
});

Deno.test("every accepted type becomes a PNG that fits into the square, and small images keep their size", async () => {
  const files = [
    blackPng(2000, 1000),
    await whiteJpeg(600, 1200),
    blackPng(20, 10),
    ...Object.values(WEBP_FILES),
  ];

  const sizes = await Promise.all(files.map(async (file) => {
    const image = await reencodeImage(file, LIMITS);
    assert.ok(typeof image === "object", String(image));
    return readImageHeader(image.bytes);
  }));

  assert.deepEqual(sizes.map((size) => [size?.mediaType, size?.width, size?.height]), [
    ["image/png", 512, 256],
    ["image/png", 256, 512],
    ["image/png", 20, 10],
    ...Object.values(WEBP_FILES).map(() => ["image/png", 1, 1]),
  ]);
});

Deno.test("what a camera or an editor wrote into the file is not kept, and a photo taken on its side stands upright", async () => {
  const photo = await whiteJpeg(60, 30, 6);
  const edited = blackPng(8, 8, pngChunk("tEXt", bytesOf("Author\0Ada")));

  const [first, second] = [await reencodeImage(photo, LIMITS), await reencodeImage(edited, LIMITS)];

  assert.ok(typeof first === "object" && typeof second === "object");
  assert.ok(new TextDecoder("latin1").decode(photo).includes(CAMERA));
  assert.doesNotMatch(new TextDecoder("latin1").decode(first.bytes), /Exif|camera|52\.5/);
  assert.doesNotMatch(new TextDecoder("latin1").decode(second.bytes), /tEXt|Ada/);
  const upright = readImageHeader(first.bytes)!;
  assert.deepEqual([upright.width, upright.height], [30, 60]);
});

Deno.test("an image with too many pixels is refused before it takes memory, and a damaged one after", async () => {
  const bomb = blackPng(8000, 8000);
  const damaged = blackPng(64, 64);
  damaged.fill(0, damaged.length - 30, damaged.length - 12);

  const answers = [
    await reencodeImage(bomb, LIMITS),
    await reencodeImage(blackPng(4097, 1), LIMITS),
    await reencodeImage(blackPng(2001, 2000), LIMITS),
    await reencodeImage(damaged, LIMITS),
    await reencodeImage(blackPng(64, 64).slice(0, 60), LIMITS),
  ];

  assert.ok(bomb.length < 20_000, "the file itself is small");
  assert.deepEqual(answers, [
    "too_many_pixels",
    "too_many_pixels",
    "too_many_pixels",
    "unreadable",
    "unreadable",
  ]);
});
