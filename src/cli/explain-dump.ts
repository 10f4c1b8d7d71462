import { LabError } from '../errors.ts';
import { answerOf } from '../model/rules/answer.ts';
import { type NodeDump, parseNode } from '../model/rules/node.ts';
import { parseQuestion, parseQuestions } from '../model/rules/question.ts';
import { walk } from '../model/rules/walk.ts';
import { dumpName, readDumpFile, requireRules } from './dump-file.ts';
import type { Paint } from './output/colour.ts';
import { formatWalk } from './output/walk.ts';

/** What `svclab explain --dump` is asked. */
export interface DumpQuestion {
  readonly dump: string;
  readonly in?: string;
  readonly questions?: string;
  readonly from?: string;
  readonly to?: string;
}

/** How the answer is printed. */
export interface DumpOutput {
  readonly form: string;
  readonly paint: Paint;
  readonly limit: number;
}

function nodeOf(path: string): NodeDump {
  const node = parseNode(readDumpFile(path), dumpName(path));
  requireRules(node.ruleSets, path);
  return node;
}

function* answerAll({ dump, questions = '' }: DumpQuestion): Iterable<string> {
  if (dump === '-' && questions === '-') {
    throw new LabError('usage', 'the dump and the questions cannot both come from standard input');
  }
  const asked = parseQuestions(readDumpFile(questions), dumpName(questions));
  const node = nodeOf(dump);
  for (const question of asked) yield `${JSON.stringify(answerOf(walk(node, question)))}\n`;
}

/** What `svclab explain --dump` prints, piece by piece. Throws `usage` for a damaged dump and for what is no question. */
export function explainDump(asked: DumpQuestion, { form, paint, limit }: DumpOutput): Iterable<string> {
  const { from, to } = asked;
  if (asked.questions !== undefined) {
    if (from !== undefined)
      throw new LabError('usage', 'questions come from the file or from the command line, not both');
    if (asked.in !== undefined) throw new LabError('usage', 'each question names its interface; leave out --in');
    return answerAll(asked);
  }
  if (from === undefined || to === undefined) {
    throw new LabError('usage', 'explain --dump needs a sender and a destination', {
      hint: 'For example: svclab explain --dump node1.dump --in cni0 10.244.1.5 10.96.0.10:53/udp',
    });
  }
  const question = parseQuestion(from, to, asked.in);
  const node = nodeOf(asked.dump);
  const answer = walk(node, question, { shadowed: true });
  if (form === 'json') return [`${JSON.stringify(answerOf(answer), undefined, 2)}\n`];
  return [`${formatWalk(answer, node, { paint, limit }).join('\n')}\n`];
}
