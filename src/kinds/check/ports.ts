import type { IntOrString } from '../types/values.ts';
import { type Invalid, invalid } from './invalid.ts';
import { checkName, portName } from './names.ts';

/** Whether the number is a port, 1 to 65535. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}

/** A port number. */
export function* checkPort(field: string, port: number): Generator<Invalid> {
  if (!isPort(port)) yield invalid(field, port, 'must be between 1 and 65535, inclusive');
}

/** A port by number or by the name of a container's port. */
export function* checkTargetPort(field: string, port: IntOrString): Generator<Invalid> {
  if (typeof port === 'number') yield* checkPort(field, port);
  else yield* checkName(field, port, portName, /^\d+$/.test(port) ? `Write it without quotes: ${port}.` : undefined);
}
