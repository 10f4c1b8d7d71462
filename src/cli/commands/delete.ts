import { Argument, type Command } from 'commander';
import { deleteObjects } from '../../api/client.ts';
import type { LabLocation } from '../../api/locate.ts';
import type { ObjectKey } from '../../api/types.ts';
import { LabError } from '../../errors.ts';
import { collect, examples, type GlobalOptions, labOf, outputOption, print, printJSON } from '../context.ts';
import { readManifests } from '../manifests.ts';
import { formatResults, listObjects } from '../objects.ts';
import { parseResources, type ResourceName } from '../resources.ts';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly file?: readonly string[];
  readonly namespace: string;
  readonly selector?: string;
  readonly all?: boolean;
  readonly ignoreNotFound?: boolean;
}

async function keysOf(lab: LabLocation, resource: ResourceName, options: Options): Promise<readonly ObjectKey[]> {
  const { definition, name } = resource;
  const { namespace, selector, all } = options;
  const scope = definition.namespaced ? { namespace } : {};
  if (name !== undefined) return [{ kind: definition.kind, ...scope, name }];
  if (all !== true && selector === undefined) {
    throw new LabError('usage', `which ${definition.plural} are meant?`, { hint: 'Give names, -l SELECTOR or --all.' });
  }
  const list = await listObjects(lab, definition, { namespace, ...(selector === undefined ? {} : { selector }) });
  return list.items.map(({ metadata }) => ({ kind: definition.kind, ...scope, name: metadata.name }));
}

async function keysOfFiles(files: readonly string[]): Promise<readonly ObjectKey[]> {
  const manifests = await readManifests(files);
  return manifests.map(({ object: { kind, metadata } }) => ({
    kind,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata.name,
  }));
}

async function meant(lab: LabLocation, words: readonly string[], options: Options): Promise<readonly ObjectKey[]> {
  const { file: files = [] } = options;
  if (files.length > 0 && words.length === 0) return keysOfFiles(files);
  if (files.length > 0 || words.length === 0) {
    throw new LabError('usage', 'delete wants either -f FILE or KIND NAME', { hint: 'See: svclab delete --help' });
  }
  const keys = await Promise.all(parseResources(words).map((resource) => keysOf(lab, resource, options)));
  return keys.flat();
}

/** `svclab delete` */
export function define(command: Command): void {
  command
    .description('Deletes objects, and what was made for them.')
    .addArgument(new Argument('[kind]', 'such as pod, service, deployment/web'))
    .argument('[name...]', 'their names')
    .option('-f, --file <path>', 'the objects of a file or directory, "-" for standard input', collect)
    .option('-n, --namespace <namespace>', 'the namespace of the names', 'default')
    .option('-l, --selector <selector>', 'objects with these labels')
    .option('--all', 'all objects of the kind in the namespace')
    .option('--ignore-not-found', 'objects that are not there are no error')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab delete service httpd', 'one object'],
        ['svclab delete pod/web-0 pod/web-1', 'two'],
        ['svclab delete -f app/', 'everything that the files name'],
        ['svclab delete pods -l app=web', 'by label'],
      ]),
    )
    .action(async (kind: string | undefined, names: readonly string[], options: Options) => {
      const lab = await labOf(options);
      const objects = await meant(lab, kind === undefined ? names : [kind, ...names], options);
      const response = await deleteObjects(lab, { objects, ignoreNotFound: options.ignoreNotFound === true });
      if (options.output === 'json') printJSON(response);
      else print(response.results.length === 0 ? ['No resources found.'] : formatResults(response));
    });
}
