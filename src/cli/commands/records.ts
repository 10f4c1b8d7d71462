import type { Command } from 'commander';
import { LabError } from '../../errors.ts';
import { namesOfLab } from '../../lookup/names.ts';
import { collect, examples, type GlobalOptions, labOf, outputOption, print, printJSON } from '../context.ts';
import { namesOfFiles } from '../dns.ts';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly file?: readonly string[];
  readonly namespace?: string;
  readonly zone?: string;
  readonly ignoreUnknown?: boolean;
}

/** `svclab records` */
export function define(command: Command): void {
  command
    .description(
      "Prints a zone of the cluster's names as a zone file: of a running lab, or, with -f, of the objects in the " +
        'files; that needs no lab and no privilege. Besides the zone of the cluster there are in-addr.arpa and ' +
        'ip6.arpa, the names of addresses.',
    )
    .option('-f, --file <path>', 'compute from this file or directory, "-" for standard input', collect)
    .option('-n, --namespace <namespace>', 'only names of this namespace')
    .option('--zone <zone>', "in-addr.arpa or ip6.arpa (default: the cluster's domain)")
    .option('--ignore-unknown', 'with -f: leave out objects of unknown kinds')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab records -n default', 'every name of a namespace'],
        ['svclab records -f dump.yaml > zone', 'a zone file of a dump'],
        ['named-checkzone cluster.local zone', 'what BIND says about it'],
        ['svclab records --zone in-addr.arpa', 'the names of IPv4 addresses'],
      ]),
    )
    .action(async ({ file, namespace, zone: chosen, ignoreUnknown = false, output, ...rest }: Options) => {
      const given =
        file === undefined ? await namesOfLab(await labOf(rest)) : await namesOfFiles(file, { ignoreUnknown });
      const { zone, options } = given;
      if (namespace !== undefined && !zone.hasNamespace(namespace)) {
        const hint = `Namespaces: ${zone.namespaces().join(', ')}`;
        throw new LabError('not-found', `namespace "${namespace}" not found`, { hint });
      }
      const { zoneFile, zoneNames } = await import('../../dns/zone-file.ts');
      const zoneName = (chosen ?? options.clusterDomain).toLowerCase().replace(/\.$/, '');
      if (!zoneNames(options).includes(zoneName)) {
        const hint = `Zones: ${zoneNames(options).join(', ')}`;
        throw new LabError('usage', `the cluster has no zone "${chosen}"`, { hint });
      }
      const records = zoneFile(zone, options, { zoneName, ...(namespace === undefined ? {} : { namespace }) });
      if (output === 'json') printJSON({ zone: zoneName, records: records.slice(1) });
      else print(records);
    });
}
