const name = '["\']?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)["\']?';
const flowName = new RegExp(`^metadata: *\\{ *name: *${name} *[,}]`, 'm');
const blockName = new RegExp(`^metadata: *\\n+ +name: *${name} *$`, 'm');

/** The name that a document gives its Lab: '' where there is no Lab, undefined where only a parser can tell. */
function nameInDocument(text: string): string | undefined {
  if (!/\bLab\b/.test(text)) return '';
  const isLab = /^kind: *Lab *$/m.test(text) && /^apiVersion: *svclab\.dev\/v1 *$/m.test(text);
  return isLab ? (flowName.exec(text) ?? blockName.exec(text))?.[1] : undefined;
}

/**
 * `metadata.name` of the Lab object in a YAML text, without parsing it: '' where the text has no Lab, undefined where
 * only a parser can tell.
 */
export function quickLabName(text: string): string | undefined {
  if (/[\\\0\ufffd]/.test(text)) return undefined;
  const names = text
    .replaceAll(/^ *#.*$/gm, '')
    .split(/^---(?=\s|$)/m)
    .map(nameInDocument);
  return names.includes(undefined) ? undefined : (names.find((one) => one !== '') ?? '');
}
