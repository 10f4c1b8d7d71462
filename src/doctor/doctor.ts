import { release } from 'node:os';
import { findTool } from '../kernel/tools.ts';
import { checks } from './registry.ts';
import { isRoot, makeSandbox, type Sandbox } from './sandbox.ts';
import type { Check, CheckResult, DoctorReport, Finding } from './types.ts';

/** Whether labs can run: nothing that is needed is missing. */
export function isUsable(results: readonly CheckResult[]): boolean {
  return results.every(({ needed, status }) => !needed || status !== 'missing');
}

async function look(check: Check, sandbox: Sandbox | undefined): Promise<CheckResult> {
  const { id, title, needed } = check;
  let finding: Finding;
  try {
    finding = await check.run(sandbox);
  } catch (error) {
    finding = { status: 'missing', detail: error instanceof Error ? error.message : String(error) };
  }
  return { id, title, needed, ...finding };
}

async function sandboxIfPossible(): Promise<Sandbox | undefined> {
  if (findTool('unshare') === undefined || findTool('nsenter') === undefined) return undefined;
  const sandbox = await makeSandbox();
  return typeof sandbox === 'string' ? undefined : sandbox;
}

/**
 * Tries everything that labs use, in throw-away namespaces, and tells what works and how to get what does not. Nothing
 * of the host is changed. Takes less than a second; never throws for something that is missing.
 */
export async function runDoctor(): Promise<DoctorReport> {
  const sandbox = await sandboxIfPossible();
  try {
    const results = await Promise.all(checks.map((check) => look(check, sandbox)));
    return { usable: isUsable(results), kernel: release(), runsAs: isRoot() ? 'root' : 'user', checks: results };
  } finally {
    await sandbox?.end();
  }
}
