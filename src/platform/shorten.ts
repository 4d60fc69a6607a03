const ELLIPSIS = "…";

const characters = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The text, or its start with an ellipsis, so that its size is at most `room`. Cuts between what people see as characters. The size
 * of a text must be the sum of its characters' sizes.
 */
export function shorten(text: string, room: number, sizeOf: (text: string) => number): string {
  const whole = text.toWellFormed();
  if (sizeOf(whole) <= room) return whole;
  let left = room - sizeOf(ELLIPSIS);
  let end = 0;
  for (const { segment, index } of characters.segment(whole)) {
    left -= sizeOf(segment);
    if (left < 0) break;
    end = index + segment.length;
  }
  return end === 0 ? "" : whole.slice(0, end).trimEnd() + ELLIPSIS;
}
