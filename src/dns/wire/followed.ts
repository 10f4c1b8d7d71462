import { decode } from 'dns-packet';
import type { ZoneRecord } from '../records.ts';

/** The aliases and addresses of another server's reply; none when it cannot be read. */
export function followedRecords(reply: Buffer): readonly ZoneRecord[] {
  try {
    const { answers = [] } = decode(reply);
    return answers.filter(
      (record): record is ZoneRecord => record.type === 'A' || record.type === 'AAAA' || record.type === 'CNAME',
    );
  } catch {
    return [];
  }
}

/** Whether another server's reply can be read to its end. */
export function isReadable(reply: Buffer): boolean {
  try {
    decode(reply);
    return true;
  } catch {
    return false;
  }
}
