import { behaviours } from './behaviour.ts';
import { type EndpointInfo, endpointsOf } from './endpoints.ts';
import { locality, servicesWithSlices } from './service-memory.ts';
import { type ServicePortInfo, servicePorts } from './service-ports.ts';
import type { ProxyInput } from './types.ts';

/** A Service port and all endpoints behind it, before any is chosen. */
export interface PortWithEndpoints {
  readonly info: ServicePortInfo;
  readonly endpoints: readonly EndpointInfo[];
}

/** Every Service port that the proxy handles, sorted by namespace, name, port name and protocol. */
export function portsOfInput(input: ProxyInput): readonly PortWithEndpoints[] {
  const { nodeName } = locality(input);
  return servicesWithSlices(input).flatMap(({ service, slices }) =>
    servicePorts(service, input.family, behaviours[input.release]).map((info) => ({
      info,
      endpoints: endpointsOf(slices, info, input.family, nodeName),
    })),
  );
}
