import { LabError } from '../errors.ts';
import type { LeaseState, SubnetLease } from './lease-record.ts';
import { holder, isCompatible, overlapping, subnetsOf } from './lease-subnets.ts';

/**
 * Keeps a subnet for the node with this public IP, as a subnet key written without TTL does: it never expires, also
 * after the node has taken it. A lease that the public IP already has on just this subnet becomes a reservation.
 * Throws `invalid-object` when the subnet does not fit the configuration, `conflict` when it is not free.
 */
export function reserveSubnet(
  state: LeaseState,
  reservation: Pick<SubnetLease, 'subnet' | 'subnetV6' | 'publicIP'>,
): LeaseState {
  const subnets = subnetsOf(reservation);
  if (!isCompatible(state.config, subnets)) {
    throw new LabError('invalid-object', `${subnets.join(', ')} is not a subnet that net-conf.json allows`, {
      field: 'subnet',
      hint: `Take a /${state.config.subnetLen} from ${state.config.subnetMin} to ${state.config.subnetMax}.`,
    });
  }
  const own = state.leases.find((lease) => lease.publicIP === reservation.publicIP);
  const others = state.leases.filter((lease) => lease !== own);
  const other = overlapping(others, subnets);
  if (other !== undefined) {
    throw new LabError('conflict', `${subnets.join(', ')} is ${holder(other)}`, { hint: 'Reserve another subnet.' });
  }
  const isSame = own !== undefined && subnetsOf(own).join() === subnets.join();
  const lease: SubnetLease = isSame
    ? { ...own, expires: null }
    : { node: null, ...reservation, backendType: state.config.backend.type, expires: null };
  return { ...state, leases: [...others, lease] };
}
