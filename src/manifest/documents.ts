import {
  type Document,
  LineCounter,
  type Node,
  parseAllDocuments,
  type ScalarTag,
  type Tags,
  type YAMLParseError,
} from 'yaml';
import { LabError, type Place } from '../errors.ts';
import { pathSteps } from '../kinds/path.ts';
import { type Converted, convertNode, type YamlFault } from './convert.ts';
import { offsetAt } from './locate.ts';

/** One YAML document as plain data, and where each field of it stands. */
export interface ManifestDocument {
  readonly value: unknown;
  /** Place of a field path; of the nearest parent that exists; of the document. */
  locate(field: string): Place;
}

/** The documents of a file that could be read, and the faults of those that could not. */
export interface Documents {
  readonly documents: readonly ManifestDocument[];
  readonly errors: readonly LabError[];
}

const mostErrors = 20;
const unwantedFormats = new Set(['TIME', 'timestamp']);
const unwantedTags = ['timestamp', 'binary', 'omap', 'pairs', 'set'].map((name) => `tag:yaml.org,2002:${name}`);

/** `0o17`, which Go's number parser takes for octal, too. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  format: 'OCT',
  test: /^[-+]?0o[0-7]+$/,
  resolve: (text) => Number.parseInt(text.replace('0o', ''), 8),
};

/** A number has a digit before its exponent: `e1` and `.` are texts. */
const float: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*\.[0-9_]*|(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)[eE][-+]?[0-9]+)$/,
  resolve: (text) => Number(text.replaceAll('_', '')),
};

function isUnwanted(tag: Exclude<Tags[number], string>): boolean {
  if (unwantedTags.includes(tag.tag) || unwantedFormats.has(('format' in tag && tag.format) || '')) return true;
  return tag.tag === float.tag && 'test' in tag && tag.test?.test('.inf') !== true && tag.test?.test('.nan') !== true;
}

/**
 * YAML 1.1 as kubectl reads it (sigs.k8s.io/yaml over go-yaml v2): `yes` and `on` are booleans and `0777` is octal,
 * but `12:30` and dates are strings.
 */
function tagsOfKubectl(tags: Tags): Tags {
  return [octal, float, ...tags.filter((tag) => typeof tag === 'string' || !isUnwanted(tag))];
}

interface Context {
  readonly file: string;
  readonly lines: LineCounter;
}

function placeAt({ file, lines }: Context, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), column: Math.max(1, col) };
}

const hints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BLOCK_AS_IMPLICIT_KEY: 'A text that holds ": " needs quotes.',
  BAD_INDENT: 'Fields of one mapping stand below each other.',
  BAD_SCALAR_START: 'A text that begins with @ or ` needs quotes.',
};

function syntaxError(error: YAMLParseError, context: Context): LabError {
  const hint = hints[error.code];
  const tooDeep = error.message.startsWith('Maximum call stack');
  const message = tooDeep ? 'nested too deeply' : (error.message.split('\n')[0] ?? '').replace(/:$/, '');
  return new LabError('invalid-yaml', message, {
    place: placeAt(context, error.pos[0]),
    ...(hint === undefined ? {} : { hint }),
  });
}

function yamlError({ offset, message, hint, other }: YamlFault, context: Context): LabError {
  const line = other === undefined ? '' : String(placeAt(context, other).line);
  return new LabError(
    'invalid-yaml',
    message.replace('%s', () => line),
    {
      place: placeAt(context, offset),
      ...(hint === undefined ? {} : { hint }),
    },
  );
}

function documentOf(root: Node | null, converted: Converted, context: Context): ManifestDocument {
  return {
    value: converted.value,
    locate: (field) => placeAt(context, offsetAt(root, pathSteps(field), converted.targets)),
  };
}

function readDocument(document: Document.Parsed, context: Context): Documents {
  const [error] = document.errors;
  if (error !== undefined) return { documents: [], errors: [syntaxError(error as YAMLParseError, context)] };
  const converted = convertNode(document.contents);
  const errors = converted.faults.slice(0, mostErrors).map((fault) => yamlError(fault, context));
  const unreadable = converted.faults.some(({ other }) => other === undefined);
  if (unreadable || converted.value === null) return { documents: [], errors };
  return { documents: [documentOf(document.contents, converted, context)], errors };
}

/** Reads every YAML document of a text (JSON is YAML, too). Empty documents are left out. */
export function readDocuments(file: string, text: string): Documents {
  const lines = new LineCounter();
  const context = { file, lines };
  const options = { version: '1.1', customTags: tagsOfKubectl, uniqueKeys: false, prettyErrors: false } as const;
  const parsed = parseAllDocuments(text, { ...options, lineCounter: lines, logLevel: 'silent' });
  const read = [...parsed].map((document) => readDocument(document as Document.Parsed, context));
  return { documents: read.flatMap(({ documents }) => documents), errors: read.flatMap(({ errors }) => errors) };
}
