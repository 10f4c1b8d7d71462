import { availableParallelism, freemem, totalmem } from 'node:os';
import type { Check } from '../types.ts';

const mebibyte = 1024 * 1024;
/** Less than this is too little for a lab of a few dozen Pods. */
const littleMemory = 256 * mebibyte;

/** The Node that runs svclab. */
export const node: Check = {
  id: 'node',
  title: 'Node',
  needed: true,
  run: () => ({ status: 'ok', detail: `${process.version} ${process.execPath}` }),
};

/** Processors and memory; a lab runs with little, so that this can only warn. */
export const machine: Check = {
  id: 'machine',
  title: 'processors and memory',
  needed: false,
  run: () => {
    const free = Math.round(freemem() / mebibyte);
    const detail = `${availableParallelism()} processors, ${free} of ${Math.round(totalmem() / mebibyte)} MiB free`;
    if (freemem() >= littleMemory) return { status: 'ok', detail };
    return { status: 'warn', detail, fix: 'give the machine at least 512 MiB' };
  },
};
