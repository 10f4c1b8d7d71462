import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Source code runs from src/, and the build puts all that it makes of it, this module too, right into dist/. */
const extension = extname(import.meta.url);

/** Absolute path of a file that lies beside the code, such as `kernel/enter.sh`; by its path below src/ or dist/. */
export function fileOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** Absolute path of a program that another process runs, such as `controller/main`: TypeScript or what was built of it. */
export function programOf(path: string): string {
  return fileOf(`${path}${extension}`);
}
