import { type Command, Option } from 'commander';
import { requestJSON } from '../../api/http.ts';
import { LabError } from '../../errors.ts';
import { collect, examples, type GlobalOptions, labOf, print } from '../context.ts';
import { type ExposeOptions, serviceFor } from '../expose.ts';
import { fetchObject } from '../objects.ts';
import { parseResource } from '../resources.ts';

interface Options extends GlobalOptions, Omit<ExposeOptions, 'name' | 'externalIPs'> {
  readonly name?: string;
  readonly externalIp?: readonly string[];
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new LabError('usage', `"${text}" is not a port`, { hint: 'A port is a number from 1 to 65535.' });
}

/** `svclab expose` */
export function define(command: Command): void {
  command
    .description('Makes a Service for the Pods of an object.')
    .argument('<object>', 'KIND/NAME, such as deployment/web')
    .argument('[name]', 'the name, after a KIND')
    .option('--port <port>', 'port of the Service; else the ports that the containers declare', portNumber)
    .option('--target-port <port>', 'port of the Pods, a number or a name; else the same', (text) =>
      /^\d+$/.test(text) ? portNumber(text) : text,
    )
    .addOption(new Option('--protocol <protocol>', 'protocol of the port').choices(['TCP', 'UDP', 'SCTP']))
    .addOption(new Option('--type <type>', 'kind of Service').choices(['ClusterIP', 'NodePort', 'LoadBalancer']))
    .option('--name <name>', 'name of the Service; else that of the object')
    .option('--external-ip <address>', 'external address that leads to the Service; may be repeated', collect)
    .option('-n, --namespace <namespace>', 'the namespace', 'default')
    .addHelpText(
      'after',
      examples([
        ['svclab expose deployment/web --port 8080 --target-port 80', 'a ClusterIP'],
        ['svclab expose rc web --type NodePort --name web-np', 'a port on every node'],
        ['svclab expose pod web-0 --external-ip 80.11.12.10', 'an external address'],
      ]),
    )
    .action(async (object: string, objectName: string | undefined, options: Options) => {
      const resource = parseResource(objectName === undefined ? [object] : [object, objectName]);
      const lab = await labOf(options);
      const { name = resource.name, externalIp: externalIPs, namespace, ...rest } = options;
      const service = serviceFor(await fetchObject(lab, resource, namespace), {
        ...rest,
        name,
        namespace,
        ...(externalIPs === undefined ? {} : { externalIPs }),
      });
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services`;
      await requestJSON(lab, { method: 'POST', path, body: service });
      print([`service/${name} exposed`]);
    });
}
