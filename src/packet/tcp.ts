import type { IPPacket, TcpHeader } from './types.ts';

const endOfOptions = 0;
const noOperation = 1;
const timestamps = 8;

/** The sender's clock in the timestamps option, if there is one (RFC 7323). */
function timestampOf(options: Buffer): number | undefined {
  for (let at = 0; at < options.length; ) {
    const kind = options.readUInt8(at);
    if (kind === endOfOptions) return undefined;
    if (kind === noOperation) {
      at += 1;
      continue;
    }
    const length = at + 1 < options.length ? options.readUInt8(at + 1) : 0;
    if (length < 2) return undefined;
    if (kind === timestamps && at + 6 <= options.length) return options.readUInt32BE(at + 2);
    at += length;
  }
  return undefined;
}

/** The header of a TCP segment, empty when it is cut off (RFC 9293). */
export function decodeTcp(data: Buffer): Pick<IPPacket, 'tcp'> {
  if (data.length < 20) return {};
  const flags = data.readUInt8(13);
  const header: TcpHeader = {
    fin: (flags & 1) !== 0,
    syn: (flags & 2) !== 0,
    rst: (flags & 4) !== 0,
    ack: (flags & 16) !== 0,
    sequence: data.readUInt32BE(4),
  };
  const timestamp = timestampOf(data.subarray(20, (data.readUInt8(12) >> 4) * 4));
  return { tcp: timestamp === undefined ? header : { ...header, timestamp } };
}
