import type { Command } from 'commander';
import { LabError } from '../../errors.ts';
import { collect, examples, type GlobalOptions, labOf, outputOption, print, printJSON } from '../context.ts';
import { namesOfFiles, namesOfLab } from '../dns.ts';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly file?: readonly string[];
  readonly namespace?: string;
  readonly ignoreUnknown?: boolean;
}

/** `svclab records` */
export function define(command: Command): void {
  command
    .description(
      "Prints the zone of the cluster's names as a zone file: of a running lab, or, with -f, of the objects in the " +
        'files; that needs no lab and no privilege.',
    )
    .option('-f, --file <path>', 'compute from this file or directory, "-" for standard input', collect)
    .option('-n, --namespace <namespace>', 'only names of this namespace')
    .option('--ignore-unknown', 'with -f: leave out objects of unknown kinds')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab records -n default', 'every name of a namespace'],
        ['svclab records -f dump.yaml > zone', 'a zone file of a dump'],
        ['named-checkzone cluster.local zone', 'what BIND says about it'],
      ]),
    )
    .action(async ({ file, namespace, ignoreUnknown = false, output, ...rest }: Options) => {
      const given =
        file === undefined ? await namesOfLab(await labOf(rest)) : await namesOfFiles(file, { ignoreUnknown });
      const { zone, options } = given;
      if (namespace !== undefined && !zone.hasNamespace(namespace)) {
        const hint = `Namespaces: ${zone.namespaces().join(', ')}`;
        throw new LabError('not-found', `namespace "${namespace}" not found`, { hint });
      }
      const { zoneFile } = await import('../../dns/zone-file.ts');
      const records = zoneFile(zone, options, namespace);
      if (output === 'json') printJSON({ zone: options.clusterDomain, records: records.slice(1) });
      else print(records);
    });
}
