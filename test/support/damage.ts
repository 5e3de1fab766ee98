/** Flips one bit in the middle of the buffer, in place, and returns the buffer. */
export function flipped(content: Buffer): Buffer {
  content[content.length >> 1]! ^= 1;
  return content;
}
