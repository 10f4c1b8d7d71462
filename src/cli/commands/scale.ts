import type { Command } from 'commander';
import { requestJSON } from '../../api/http.ts';
import { LabError } from '../../errors.ts';
import { examples, type GlobalOptions, labOf, print } from '../context.ts';
import { objectPath, parseResource, qualifiedKind } from '../resources.ts';

interface Options extends GlobalOptions {
  readonly namespace: string;
  readonly replicas: number;
}

const scalable: readonly string[] = ['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet'];

function replicas(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new LabError('usage', `"${text}" is not a number of replicas`, { hint: 'Write a whole number: 0, 1, 2 …' });
}

/** `svclab scale` */
export function define(command: Command): void {
  command
    .description('Sets the number of replicas of a Deployment, ReplicaSet, ReplicationController or StatefulSet.')
    .argument('<object>', 'KIND/NAME, such as deployment/web')
    .argument('[name]', 'the name, after a KIND')
    .requiredOption('--replicas <number>', 'how many there shall be', replicas)
    .option('-n, --namespace <namespace>', 'the namespace', 'default')
    .addHelpText(
      'after',
      examples([
        ['svclab scale deployment/web --replicas 5', 'five of them'],
        ['svclab scale rc web --replicas 0', 'none: connections to its Service are refused'],
      ]),
    )
    .action(async (object: string, name: string | undefined, options: Options) => {
      const resource = parseResource(name === undefined ? [object] : [object, name]);
      const { definition } = resource;
      if (!scalable.includes(definition.kind)) {
        throw new LabError('usage', `a ${definition.kind} has no replicas`, { hint: `Kinds: ${scalable.join(', ')}` });
      }
      await requestJSON(await labOf(options), {
        method: 'PATCH',
        path: objectPath(definition, options.namespace, resource.name),
        contentType: 'application/merge-patch+json',
        body: { spec: { replicas: options.replicas } },
      });
      print([`${qualifiedKind(definition)}/${resource.name} scaled`]);
    });
}
