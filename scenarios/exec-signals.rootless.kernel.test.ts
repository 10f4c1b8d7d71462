import { spawn } from 'node:child_process';
import { once } from 'node:events';
import anyTest, { type TestFn } from 'ava';
import { sharedLab } from './testing/lab.ts';
import { svclabPath } from './testing/scratch.ts';

const test = anyTest as TestFn;
const lab = sharedLab(test, []);

/** A program that counts SIGINT and SIGTERM for two seconds, and says so. */
const counting = `
ints=0 terms=0
trap 'ints=$((ints + 1))' INT
trap 'terms=$((terms + 1))' TERM
echo ready
for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.2; done
echo "ints $ints terms $terms"
exit 5`;

/** Runs a program on node1, does something to it once it prints `ready`, and gives its end and all that it printed. */
async function onceReady(
  program: readonly [string, ...string[]],
  act: (child: ReturnType<typeof spawn>) => void,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const [file, ...args] = program;
  const child = spawn(file, args, { env: lab().scratch.env, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  let text = '';
  let acted = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (acted || !text.includes('ready')) return;
    acted = true;
    setTimeout(() => act(child), 100);
  });
  const [code] = await once(child, 'close');
  return { code, text };
}

function onNode(script: string): [string, ...string[]] {
  return [svclabPath, 'exec', '--lab', lab().name, 'node1', '--', 'sh', '-c', script];
}

/** The same with a terminal of its own. */
function onTerminal(script: string): [string, ...string[]] {
  const words = onNode(script).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  return ['script', '--quiet', '--return', '--command', `exec ${words.join(' ')}`, '/dev/null'];
}

test.serial('Ctrl-C on a terminal reaches the program once, and the program decides', async (t) => {
  const { code, text } = await onceReady(onTerminal(counting), (child) => child.stdin?.write('\x03'));
  t.regex(text, /ints 1 terms 0/);
  t.is(code, 5);
});

test.serial('Ctrl-C ends a program that does not mind it, with 130', async (t) => {
  const { code } = await onceReady(onTerminal('echo ready; exec sleep 30'), (child) => child.stdin?.write('\x03'));
  t.is(code, 130);
});

test.serial('SIGTERM and SIGINT sent to svclab are passed on once', async (t) => {
  const { code, text } = await onceReady(onNode(counting), (child) => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGINT'), 500);
  });
  t.regex(text, /ints 1 terms 1/);
  t.is(code, 5);
});

test.serial('a program that a signal ends gives 128 and the number of the signal', async (t) => {
  const { code } = await onceReady(onNode('echo ready; exec sleep 30'), (child) => child.kill('SIGTERM'));
  t.is(code, 143);
});
