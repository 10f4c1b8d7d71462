import test from 'ava';
import { splitCommandLine } from './arguments.ts';

const cases: readonly (readonly [readonly string[], ReturnType<typeof splitCommandLine>])[] = [
  [[], { rest: [] }],
  [['--help'], { rest: ['--help'] }],
  [['status'], { command: 'status', rest: [] }],
  [['--lab', 'demo', 'status', '-o', 'json'], { command: 'status', rest: ['--lab', 'demo', '-o', 'json'] }],
  [
    ['-o', 'json', '--debug', '--lab=x', 'get', 'pods'],
    { command: 'get', rest: ['-o', 'json', '--debug', '--lab=x', 'pods'] },
  ],
  [['exec', 'node1', '--', '--lab', 'x'], { command: 'exec', rest: ['node1', '--', '--lab', 'x'] }],
  [['--foo', 'status'], { rest: ['--foo', 'status'] }],
  [['--lab'], { rest: ['--lab'] }],
];
for (const [argv, expected] of cases) {
  test(`svclab ${argv.join(' ')}`, (t) => t.deepEqual(splitCommandLine(argv), expected));
}
