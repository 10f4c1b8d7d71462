import { readFileSync } from 'node:fs';
import { mount } from '../../src/kernel/libc.ts';

/** What the worker was told. */
export function workerInput<T>(): T {
  return JSON.parse(readFileSync(0, 'utf8')) as T;
}

/** Gives the worker a /run of its own, where its network namespaces and iptables locks go. */
export function privateRun(): void {
  mount('bench', '/run', 'tmpfs');
}

/** Tells the bench what is going on. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Hands the findings back and ends. */
export function reply(findings: unknown): void {
  process.stdout.write(JSON.stringify(findings), () => process.exit(0));
}
