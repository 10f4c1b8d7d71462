/** Another IPv4 address of the same network, which nobody in the lab has. */
export function otherAddress(ip: string): string {
  const octets = ip.split('.');
  const last = Number(octets[3] ?? 0);
  return [...octets.slice(0, 3), String(last === 177 ? 178 : 177)].join('.');
}
