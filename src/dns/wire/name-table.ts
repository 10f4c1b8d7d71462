const farthest = 0x3fff;

/**
 * The names that a message has had so far, so that a later one can point to the end of an earlier one (RFC 1035 §4.1.4).
 * Owners' names are pointed to exactly as they are spelt.
 */
export class NameTable {
  readonly #offsets = new Map<string, number>();

  /** Knows the question's name, which begins at the offset. */
  constructor(labels: readonly string[], offset: number) {
    this.#learn(labels, offset);
  }

  /** The name's bytes at an offset of the message. Labels of more than 63 bytes are not checked for. */
  encode(name: string, offset: number): Buffer {
    const labels = name === '' ? [] : name.split(/(?<!\\)\./);
    for (let at = 0; at <= labels.length; at++) {
      const known = at === labels.length ? undefined : this.#offsets.get(labels.slice(at).join('.'));
      if (known === undefined && at < labels.length) continue;
      const own = labels.slice(0, at).map(labelBytes);
      this.#learn(labels, offset, at);
      return Buffer.concat([...own, known === undefined ? Buffer.of(0) : pointer(known)]);
    }
    return Buffer.of(0);
  }

  #learn(labels: readonly string[], start: number, count = labels.length): void {
    let offset = start;
    for (let at = 0; at < count; at++) {
      const suffix = labels.slice(at).join('.');
      if (offset <= farthest && !this.#offsets.has(suffix)) this.#offsets.set(suffix, offset);
      offset += labelBytes(labels[at] ?? '').length;
    }
  }
}

function labelBytes(label: string): Buffer {
  const text = Buffer.from(label.replaceAll('\\.', '.'), 'latin1');
  return Buffer.concat([Buffer.of(text.length), text]);
}

function pointer(offset: number): Buffer {
  return Buffer.of(0xc0 | (offset >> 8), offset & 0xff);
}
