import test from 'ava';
import fc from 'fast-check';
import { LabError } from '../errors.ts';
import { type Cidr, cidrsOverlap, type IPv4, ipToBigInt, nthAddress, parseCidr } from '../net/address.ts';
import type { LeaseState, SubnetLease } from './lease-record.ts';
import { acquireLease, chooseFirst, leaseDuration, noLeases, releaseLease, renewLease } from './leases.ts';
import { parseNetConf } from './netconf.ts';
import { reserveSubnet } from './reservations.ts';

const start = new Date('2026-11-21T08:00:00Z');
const hour = 3_600_000;

function checkLeases({ config, leases }: LeaseState, now: Date): void {
  for (const [index, lease] of leases.entries()) {
    const other = leases.slice(index + 1).find((each) => cidrsOverlap(each.subnet, lease.subnet));
    if (other !== undefined) throw new Error(`${lease.subnet} overlaps ${other.subnet}`);
    const first = ipToBigInt(nthAddress(lease.subnet, 0));
    if (first < ipToBigInt(config.subnetMin) || first > ipToBigInt(config.subnetMax)) {
      throw new Error(`${lease.subnet} is out of range`);
    }
    if (lease.expires !== null && lease.expires.getTime() > now.getTime() + leaseDuration) {
      throw new Error(`${lease.subnet} lasts too long`);
    }
    if (leases.some((each) => each !== lease && each.publicIP === lease.publicIP)) {
      throw new Error(`${lease.publicIP} has two leases`);
    }
  }
}

function publicIP(index: number): IPv4 {
  return nthAddress(parseCidr('192.168.0.0/16'), index) as IPv4;
}

const step = fc.record({
  act: fc.constantFrom('acquire', 'acquire', 'acquire', 'renew', 'release', 'reserve', 'wait'),
  node: fc.integer({ min: 1, max: 14 }),
  subnet: fc.integer({ min: 0, max: 16 }).map((index) => parseCidr(`10.5.${index}.0/24`)),
  pick: fc.nat(),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function holds({ leases }: LeaseState, { subnet, node }: SubnetLease): boolean {
  return leases.some((lease) => lease.subnet === subnet && lease.node === node);
}

function apply(state: LeaseState, { act, node, subnet, pick }: Step, now: Date): LeaseState {
  const choose = (candidates: readonly Cidr[]) => candidates[pick % candidates.length] ?? chooseFirst(candidates);
  const request = { node: `node${node}`, publicIP: publicIP(node), previousSubnet: subnet };
  if (act === 'acquire') return acquireLease(state, request, { now, choose }).state;
  if (act === 'renew') return renewLease(state, subnet, now).state;
  if (act === 'release') return releaseLease(state, subnet);
  if (act === 'reserve') return reserveSubnet(state, { subnet, publicIP: request.publicIP });
  return state;
}

/** The state after the step, or the same one when the step is refused with a LabError. */
function attempt(state: LeaseState, each: Step, now: Date): LeaseState {
  try {
    return apply(state, each, now);
  } catch (error) {
    if (error instanceof LabError) return state;
    throw error;
  }
}

test('whatever happens, leases share no address, stay in range, and are kept by renewal', (t) => {
  const config = parseNetConf(
    '{"Network": "10.5.0.0/20", "SubnetLen": 24, "SubnetMin": "10.5.2.0", "SubnetMax": "10.5.12.0"}',
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let state = noLeases(config);
      let now = start;
      for (const each of steps) {
        if (each.act === 'wait') now = new Date(now.getTime() + (each.pick % 30) * hour);
        const before = state;
        state = attempt(state, each, now);
        if (each.act === 'renew') t.true(state.leases.every((lease) => holds(before, lease)));
        checkLeases(state, now);
      }
    }),
  );
  t.pass();
});
