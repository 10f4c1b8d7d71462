import { hash } from 'node:crypto';

const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** 32-bit FNV-1a hash of the text's UTF-16 code units. */
export function fnv32a(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** A text of digits in Kubernetes' alphabet without vowels and look-alikes (apimachinery rand.SafeEncodeString). */
function safeEncode(digits: string): string {
  return [...digits].map((digit) => safeAlphabet[digit.charCodeAt(0) % safeAlphabet.length]).join('');
}

/** Up to ten characters that stand for the text, as in `pod-template-hash`. */
export function templateHash(text: string): string {
  return safeEncode(String(fnv32a(text)));
}

/** Five characters derived from the seed, in the style of `generateName`. */
function nameSuffix(seed: string): string {
  const digest = hash('sha256', seed, 'buffer');
  return Array.from({ length: 5 }, (_, i) => safeAlphabet[(digest[i] ?? 0) % safeAlphabet.length]).join('');
}

/** `PREFIX` and a suffix derived from the seed that makes a name for which `taken` is false. */
export function generateName(prefix: string, seed: string, taken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${prefix}${nameSuffix(`${seed}/${attempt}`)}`;
    if (!taken(name)) return name;
  }
}

/** A UUID that the seed alone determines (RFC 9562, version 8). */
export function seededUid(seed: string): string {
  const hex = hash('sha256', seed);
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4] ?? '8';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** RFC 3339 in whole seconds, as the API server writes times. */
export function timestamp(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
