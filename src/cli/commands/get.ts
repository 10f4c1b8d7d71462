import { Argument, type Command } from 'commander';
import type { LabLocation } from '../../api/locate.ts';
import type { KubeObject } from '../../kinds/types/meta.ts';
import { examples, type GlobalOptions, labOf, outputOption, print, printJSON } from '../context.ts';
import { fetchObjects, type ObjectList, type Selection, watchObjects } from '../objects.ts';
import { formatObjects, type ObjectTableOptions } from '../output/objects.ts';
import { parseResources, qualifiedKind } from '../resources.ts';

interface Options extends GlobalOptions {
  readonly output: 'table' | 'wide' | 'yaml' | 'json' | 'name';
  readonly namespace: string;
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly watch?: boolean;
  readonly showLabels?: boolean;
  /** False with `--no-headers`. */
  readonly headers: boolean;
}

function tableOptions(options: Options, list: ObjectList, several: boolean): ObjectTableOptions {
  return {
    wide: options.output === 'wide',
    namespaces: options.allNamespaces === true,
    labels: options.showLabels === true,
    prefix: several ? `${qualifiedKind(list.definition)}/` : '',
    now: Date.now(),
  };
}

/** One object as it is, several as a List, as kubectl gives them. */
function document(objects: readonly KubeObject[], single: boolean): unknown {
  const [first] = objects;
  if (single && first !== undefined) return first;
  return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: objects };
}

function printTables(lists: readonly ObjectList[], options: Options): void {
  const filled = lists.filter((list) => list.items.length > 0);
  const several = lists.length > 1;
  const tables = filled
    .map((list) => formatObjects(list.items, list.definition, tableOptions(options, list, several)))
    .map((lines) => (options.headers ? lines : lines.slice(1)));
  print(tables.flatMap((lines, at) => (at === 0 || !options.headers ? lines : ['', ...lines])));
  if (filled.length > 0) return;
  const namespaced = lists.some((list) => list.definition.namespaced) && options.allNamespaces !== true;
  process.stderr.write(`No resources found${namespaced ? ` in ${options.namespace} namespace` : ''}.\n`);
}

async function printLists(lists: readonly ObjectList[], single: boolean, options: Options): Promise<void> {
  const objects = lists.flatMap((list) => list.items);
  if (options.output === 'json') printJSON(document(objects, single));
  else if (options.output === 'yaml') {
    const { stringify } = await import('yaml');
    process.stdout.write(stringify(document(objects, single), { sortMapEntries: true, aliasDuplicateObjects: false }));
  } else if (options.output === 'name') {
    const names = ({ definition, items }: ObjectList) =>
      items.map((object) => `${qualifiedKind(definition)}/${object.metadata.name}`);
    print(lists.flatMap(names));
  } else printTables(lists, options);
}

/** Prints a line for every change, under the table that was printed before. */
async function follow(
  lab: LabLocation,
  list: ObjectList,
  name: string | undefined,
  selection: Selection,
  options: Options,
) {
  for await (const { type, object } of watchObjects(lab, list, selection)) {
    if (type === 'BOOKMARK' || (name !== undefined && object.metadata.name !== name)) continue;
    if (options.output === 'json') printJSON(object);
    else {
      const table = formatObjects([...list.items, object], list.definition, tableOptions(options, list, false));
      print(table.slice(-1));
    }
  }
}

/** `svclab get` */
export function define(command: Command): void {
  command
    .description('Shows objects of a lab as kubectl does.')
    .addArgument(new Argument('<kind>', 'such as pods, svc, nodes, pods,services, all, service/httpd'))
    .argument('[name...]', 'only these')
    .option('-n, --namespace <namespace>', 'the namespace', 'default')
    .option('-A, --all-namespaces', 'in all namespaces')
    .option('-l, --selector <selector>', 'only objects with these labels, such as app=web')
    .option('-w, --watch', 'go on and print changes')
    .option('--show-labels', 'a column with the labels')
    .option('--no-headers', 'no line of titles, for scripts')
    .addOption(outputOption('table', 'wide', 'yaml', 'json', 'name'))
    .addHelpText(
      'after',
      examples([
        ['svclab get nodes -o wide', 'nodes with their addresses'],
        ['svclab get pods,services -A', 'in all namespaces'],
        ['svclab get svc httpd -o yaml', 'one Service with its defaults'],
        ['svclab get pods -l app=web -w', 'follow changes'],
      ]),
    )
    .action(async (kind: string, names: readonly string[], options: Options) => {
      const resources = parseResources([kind, ...names]);
      const lab = await labOf(options);
      const selection: Selection = {
        ...(options.allNamespaces === true ? {} : { namespace: options.namespace }),
        ...(options.selector === undefined ? {} : { selector: options.selector }),
      };
      const lists = await Promise.all(resources.map((resource) => fetchObjects(lab, resource, selection)));
      const [first] = resources;
      await printLists(merged(lists), resources.length === 1 && first?.name !== undefined, options);
      if (options.watch !== true) return;
      await Promise.all(lists.map((list, at) => follow(lab, list, resources[at]?.name, selection, options)));
    });
}

/** Lists of the same kind, which several names give, as one. */
function merged(lists: readonly ObjectList[]): readonly ObjectList[] {
  const kinds = Map.groupBy(lists, (list) => list.definition);
  return [...kinds.values()].flatMap((same) =>
    same.slice(0, 1).map((first) => ({ ...first, items: same.flatMap((list) => list.items) })),
  );
}
