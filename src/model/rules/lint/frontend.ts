import { type Family, hostPort, type IP } from '../../../net/address.ts';

/** An address or node port that rules serve, with the endpoints behind it. */
export interface Frontend {
  readonly family: Family;
  /** Absent for a node port. */
  readonly address?: IP;
  readonly port: number;
  readonly protocol: string;
  readonly line: number;
  readonly table: string;
  /** The chain that packets are sent to. */
  readonly chain: string;
  /** `ADDRESS:PORT` with the lines of the rules that name them. */
  readonly endpoints: ReadonlyMap<string, number>;
  /** Rules of the chain, or of those behind it, that drop or refuse. */
  readonly refuses: boolean;
  readonly empty: boolean;
}

/** The frontend in words: `10.96.0.1:443/tcp`, `node port 30080/tcp`. */
export function frontendText({ address, port, protocol }: Pick<Frontend, 'address' | 'port' | 'protocol'>): string {
  return address === undefined ? `node port ${port}/${protocol}` : `${hostPort(address, port)}/${protocol}`;
}

/** What the same frontend has in two dumps. */
export function frontendKey(frontend: Frontend): string {
  return `${frontend.family} ${frontendText(frontend)}`;
}
