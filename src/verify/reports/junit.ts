import type { Connection } from '../../api/types.ts';
import { describeResult } from '../describe.ts';
import type { Report } from './types.ts';
import { byWay } from './ways.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0: entities for markup, U+FFFD for characters that XML does not have. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
    .replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function details({ predicted, observed, difference = '' }: Connection): string {
  const said = predicted.map((one) => `predicted ${(100 * one.probability).toFixed(1)} %: ${describeResult(one)}`);
  const seen = observed.map((one) => `observed ${one.count} times: ${describeResult(one)}`);
  return [difference, ...said, ...seen].map(escapeXml).join('\n');
}

function testcase(way: string, connection: Connection): string[] {
  const { from, to, about = way, agrees, difference = 'it does not agree' } = connection;
  const name = escapeXml(`${from} → ${to} (${about})`);
  const open = `    <testcase classname="svclab.${escapeXml(way)}" name="${name}"`;
  if (agrees) return [`${open}/>`];
  return [
    `${open}>`,
    `      <failure type="mismatch" message="${escapeXml(difference)}">${details(connection)}</failure>`,
    '    </testcase>',
  ];
}

function failures(connections: readonly Connection[]): number {
  return connections.filter(({ agrees }) => !agrees).length;
}

/** JUnit XML as CI systems read it: a test suite for each way in, a test case for each connection. */
export const junit: Report = ({ connections, milliseconds }) => {
  const counts = (some: readonly Connection[]) =>
    `tests="${some.length}" failures="${failures(some)}" errors="0" skipped="0"`;
  const suites = [...byWay(connections)].flatMap(([way, some]) => [
    `  <testsuite name="${escapeXml(way)}" ${counts(some)}>`,
    ...some.flatMap((connection) => testcase(way, connection)),
    '  </testsuite>',
  ]);
  const time = `time="${(milliseconds / 1000).toFixed(3)}"`;
  const head = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="svclab verify" ${counts(connections)} ${time}>`,
  ];
  return `${[...head, ...suites, '</testsuites>'].join('\n')}\n`;
};
