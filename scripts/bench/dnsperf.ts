import { accessSync, constants } from 'node:fs';

const path = '/usr/bin/dnsperf';

/** Where dnsperf is installed (Debian package dnsperf); undefined where it is not. */
export function findDnsperf(): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}
