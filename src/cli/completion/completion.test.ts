import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import test from 'ava';
import { type Answer, makeRunDir, startFakeLab } from '../../api/testing/fake-lab.ts';
import { sampleStatus } from '../testing/svclab.ts';
import { completionScript } from './scripts.ts';

const names: Readonly<Record<string, readonly { readonly name: string; readonly namespace?: string }[]>> = {
  '/api/v1/pods': [
    { name: 'web-0', namespace: 'default' },
    { name: 'db', namespace: 'shop' },
  ],
  '/api/v1/namespaces': [{ name: 'default' }, { name: 'shop' }],
  '/api/v1/services': [
    { name: 'httpd', namespace: 'default' },
    { name: 'cart', namespace: 'shop' },
  ],
  '/api/v1/namespaces/default/pods': [{ name: 'web-0', namespace: 'default' }],
  '/api/v1/namespaces/default/services': [{ name: 'httpd', namespace: 'default' }],
  '/api/v1/namespaces/shop/services': [{ name: 'cart', namespace: 'shop' }],
};
const answer: Answer = ({ path }) => ({
  body: path === '/lab/v1/status' ? sampleStatus : { items: (names[path] ?? []).map((metadata) => ({ metadata })) },
});

/** What bash offers after the line, with the real script sourced and the word breaks that bash has by default. */
async function bashOffers(runDir: string, line: string): Promise<readonly string[]> {
  const script = `${completionScript('bash')}
COMP_LINE=$1 COMP_POINT=\${#1}
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
compopt() { printf 'compopt %s\\n' "$*"; }
_svclab
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const words = line.split(/ +|(?<=[:=])|(?=[:=])/).filter((word) => word !== '');
  if (line.endsWith(' ')) words.push('');
  const child = spawn('bash', ['-c', script, 'bash', line, resolve('bin/svclab'), ...words.slice(1)], {
    env: { ...process.env, SVCLAB_RUN_DIR: runDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise((done) => child.once('close', done));
  return text.split('\n').filter((word) => word !== '');
}

const cases: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['svclab st', ['status']],
  ['svclab --lab d', ['demo']],
  ['svclab help ver', ['verify', 'version']],
  ['svclab exec n', ['node1', 'node2']],
  ['svclab exec pod/', ['pod/web-0', 'pod/shop/db']],
  ['svclab curl cl', ['client/laptop']],
  ['svclab curl f', []],
  ['svclab sync ', ['node1', 'node2']],
  ['svclab get serv', ['services', 'servicecidrs']],
  ['svclab get svc ', ['httpd']],
  ['svclab get svc -n shop ', ['cart']],
  ['svclab get -n s', ['shop']],
  ['svclab get svc/', ['svc/httpd']],
  ['svclab get pods -o ', ['table', 'wide', 'yaml', 'json', 'name']],
  ['svclab get pods --output=j', ['json']],
  ['svclab --lab demo get -n shop svc ', ['cart']],
  ['svclab scale depl', ['compopt -o nospace', 'deployments/']],
  ['svclab curl pod/web-0 s', ['svc/httpd', 'svc/shop/cart']],
  ['svclab trace pod/web-0 ', ['svc/httpd', 'svc/shop/cart']],
  ['svclab verify --to svc/s', ['svc/shop/cart']],
  ['svclab logs ', ['web-0']],
  ['svclab capture f', ['fabric']],
  ['svclab capture -w ', ['compopt -o default']],
  ['svclab lint --dump ', ['compopt -o default']],
  ['svclab test ', ['compopt -o default']],
  ['svclab dns ', ['serve']],
  ['svclab dns web ', []],
  ['svclab dns web --from n', ['node1', 'node2']],
  ['svclab dns serve --l', ['--listen']],
  ['svclab up --tim', ['--timeout']],
  ['svclab up -f ', ['compopt -o default']],
  ['svclab completion ', ['bash', 'zsh']],
  ['svclab exec node1 -- ', []],
  ['svclab nonsense ', []],
];
for (const [line, offers] of cases) {
  test(`"${line}" is completed`, async (t) => {
    const { runDir, remove } = makeRunDir();
    const fake = await startFakeLab(runDir, 'demo', answer);
    t.deepEqual(await bashOffers(runDir, line), offers);
    await fake.end();
    remove();
  });
}

test('without a lab there are no names, and no noise', async (t) => {
  const { runDir, remove } = makeRunDir();
  t.deepEqual(await bashOffers(runDir, 'svclab exec '), []);
  t.true((await bashOffers(runDir, 'svclab ')).includes('up'));
  remove();
});
