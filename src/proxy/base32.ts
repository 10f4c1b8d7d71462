import { hash } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Both characters of every 10 bits. */
const pairs = Array.from({ length: 1024 }, (_, bits) => `${alphabet[bits >> 5]}${alphabet[bits & 31]}`);

/** The base32 form (RFC 4648) of the first five bytes from `at` on, eight characters. */
function eight(digest: string, at: number): string {
  const high = (digest.charCodeAt(at) << 12) | (digest.charCodeAt(at + 1) << 4) | (digest.charCodeAt(at + 2) >> 4);
  const low = ((digest.charCodeAt(at + 2) & 15) << 16) | (digest.charCodeAt(at + 3) << 8) | digest.charCodeAt(at + 4);
  return `${pairs[high >> 10]}${pairs[high & 1023]}${pairs[low >> 10]}${pairs[low & 1023]}`;
}

/** First 8 or 16 characters of the base32 form of the text's SHA-256, as kube-proxy names its chains, behind a prefix. */
export function shortHash(text: string, length: 8 | 16, prefix = ''): string {
  const digest = hash('sha256', text, 'binary');
  return [prefix, eight(digest, 0), length === 8 ? '' : eight(digest, 5)].join('');
}
