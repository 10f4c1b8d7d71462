import { cidrAddress, cidrPrefix, makeCidr } from '../../net/address.ts';
import type { DesiredRule } from '../../plan/desired.ts';
import { type Message, type MessageWriter, readAttributes, readIP, readText } from './message.ts';
import { addressFamily, familyFromNumber } from './route.ts';

export const RTM_NEWRULE = 32;
export const RTM_DELRULE = 33;
export const RTM_GETRULE = 34;

const FRA_DST = 1;
const FRA_SRC = 2;
const FRA_IIFNAME = 3;
const FRA_PRIORITY = 6;
const FRA_TABLE = 15;
const FR_ACT_TO_TBL = 1;
const FR_ACT_BLACKHOLE = 6;
const FR_ACT_UNREACHABLE = 7;
const RT_TABLE_UNSPEC = 0;

function actionNumber(action: DesiredRule['action']): number {
  if (action === 'blackhole') return FR_ACT_BLACKHOLE;
  return action === 'unreachable' ? FR_ACT_UNREACHABLE : FR_ACT_TO_TBL;
}

/** Body of RTM_NEWRULE and RTM_DELRULE. */
export function fillRule(writer: MessageWriter, rule: DesiredRule): void {
  const table = typeof rule.action === 'object' ? rule.action.table : RT_TABLE_UNSPEC;
  const header = Buffer.alloc(12);
  header.writeUInt8(addressFamily(rule.family), 0);
  header.writeUInt8(rule.to === undefined ? 0 : cidrPrefix(rule.to), 1);
  header.writeUInt8(rule.from === undefined ? 0 : cidrPrefix(rule.from), 2);
  header.writeUInt8(table < 256 ? table : RT_TABLE_UNSPEC, 4);
  header.writeUInt8(actionNumber(rule.action), 7);
  writer.fixed(header).u32(FRA_PRIORITY, rule.priority);
  if (rule.to !== undefined) writer.ip(FRA_DST, cidrAddress(rule.to));
  if (rule.from !== undefined) writer.ip(FRA_SRC, cidrAddress(rule.from));
  if (rule.inputDevice !== undefined) writer.text(FRA_IIFNAME, rule.inputDevice);
  if (table >= 256) writer.u32(FRA_TABLE, table);
}

/** fib_rule_hdr of one family: asks for its rules. */
export function fillRuleDump(writer: MessageWriter, family: DesiredRule['family']): void {
  const header = Buffer.alloc(12);
  header.writeUInt8(addressFamily(family), 0);
  writer.fixed(header);
}

/** The rule in an RTM_NEWRULE message, or undefined for a form that svclab never makes. */
export function readRule(message: Message): DesiredRule | undefined {
  const { body } = message;
  const family = familyFromNumber(body.readUInt8(0));
  if (family === undefined) return undefined;
  const attributes = readAttributes(body.subarray(12));
  const action = body.readUInt8(7);
  const table = attributes.get(FRA_TABLE)?.readUInt32LE() ?? body.readUInt8(4);
  const to = attributes.get(FRA_DST);
  const from = attributes.get(FRA_SRC);
  const device = attributes.get(FRA_IIFNAME);
  return {
    family,
    priority: attributes.get(FRA_PRIORITY)?.readUInt32LE() ?? 0,
    ...(to === undefined ? {} : { to: makeCidr(readIP(to), body.readUInt8(1)) }),
    ...(from === undefined ? {} : { from: makeCidr(readIP(from), body.readUInt8(2)) }),
    ...(device === undefined ? {} : { inputDevice: readText(device) }),
    action: action === FR_ACT_BLACKHOLE ? 'blackhole' : action === FR_ACT_UNREACHABLE ? 'unreachable' : { table },
  };
}
