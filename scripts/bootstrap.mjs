// The way in for `npm start` and `npm test` on a fresh checkout: any Node from 18 on runs this, with nothing installed.
// It installs the npm packages, one of which is a current Node, and hands over to scripts/COMMAND.ts on that.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages, nodeForSources } from './npm-packages.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = '', ...rest] = process.argv.slice(2);

function fail(status, message, hint) {
  console.error(`error[${status === 2 ? 'usage' : 'environment'}]: ${message}`);
  console.error(`  hint: ${hint}`);
  process.exit(status);
}

function handOver(node, script) {
  const path = [dirname(node), process.env.PATH ?? ''].join(delimiter);
  const child = spawn(node, [script, ...rest], { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {
    // The terminal sends it to the child as well; its exit status is the answer.
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

const script = join(root, 'scripts', `${command}.ts`);
if (!/^[a-z]+$/.test(command) || !existsSync(script)) {
  fail(2, `there is no scripts/${command}.ts`, 'Use npm start, npm test or npm run setup.');
}
if (process.platform !== 'linux') {
  fail(3, 'svclab needs Linux', 'The Vagrantfile beside package.json makes a Debian machine for it.');
}
const status = installPackages(root);
if (status !== 0) process.exit(status);
const node = nodeForSources(root);
if (node === undefined) {
  fail(3, `svclab needs Node 24.3 or newer; this is ${process.version}`, 'Install it from https://nodejs.org/.');
}
handOver(node, script);
