import { hash } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** First `length` (at most 16) characters of the base32 form of the text's SHA-256, as kube-proxy names its chains. */
export function shortHash(text: string, length: number): string {
  const digest = hash('sha256', text, 'binary');
  let result = '';
  let bits = 0;
  let value = 0;
  for (let at = 0; result.length < length; at++) {
    value = ((value << 8) | digest.charCodeAt(at)) & 0xfff;
    bits += 8;
    while (bits >= 5 && result.length < length) {
      bits -= 5;
      result += alphabet[(value >> bits) & 31];
    }
  }
  return result;
}
