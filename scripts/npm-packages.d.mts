export function stampOf(lockText: string, platform: string, arch: string): string;
export function systemPath(path: string): string;
export function canRunSources(version: string): boolean;
export function installPackages(root: string): number;
export function nodeForSources(root: string): string | undefined;
