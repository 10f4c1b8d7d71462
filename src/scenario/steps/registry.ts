import type { StepKind } from '../types.ts';
import { applyStep } from './apply.ts';
import { deleteStep } from './delete.ts';
import { dnsStep } from './dns.ts';
import { execStep } from './exec.ts';
import { expectStep } from './expect.ts';
import { openStep } from './open.ts';
import { patchStep } from './patch.ts';
import { rulesStep } from './rules.ts';
import { scaleStep } from './scale.ts';
import { sendStep } from './send.ts';
import { trafficStep } from './traffic.ts';
import { verifyStep } from './verify.ts';
import { waitStep } from './wait.ts';

/** All kinds of steps. A new one is a file here, and a line. */
export const stepKinds: readonly StepKind[] = [
  expectStep,
  applyStep,
  patchStep,
  deleteStep,
  scaleStep,
  execStep,
  waitStep,
  verifyStep,
  rulesStep,
  openStep,
  sendStep,
  trafficStep,
  dnsStep,
];
