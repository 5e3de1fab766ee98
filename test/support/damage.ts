/** With one bit flipped in its middle: the same bytes, which are changed in place. */
export function flipped(content: Buffer): Buffer {
  content[content.length >> 1]! ^= 1;
  return content;
}
