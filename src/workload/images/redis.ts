import { portFlag } from './flags.ts';
import { createDatabase } from './redis/commands.ts';
import { createParser } from './redis/resp.ts';
import type { ImageDefinition, Reply } from './types.ts';

/** redis: RESP2 and inline commands over one database that all connections share. */
export const redis: ImageDefinition = {
  names: ['redis', 'valkey', 'redis-master', 'redis-slave'],
  entrypoints: ['redis-server', 'valkey-server'],
  ports: (args) => [{ protocol: 'TCP', port: portFlag(args, 'port', 6379) ?? 6379, behaviour: 'redis' }],
  declared: 'redis',
  behaviours: {
    redis: (identity) => {
      const database = createDatabase(identity);
      return {
        session: (ends) => {
          const parser = createParser();
          return {
            receive: (chunk): Reply | undefined => {
              const { commands, error } = parser(chunk);
              const replies = commands.map((words) => database(words, ends));
              const stop = replies.findIndex(({ end }) => end === true);
              const said = (stop < 0 ? replies : replies.slice(0, stop + 1)).map(({ data }) => data).join('');
              if (stop < 0 && error !== undefined)
                return { data: `${said}-ERR Protocol error: ${error}\r\n`, end: true };
              if (said === '') return undefined;
              return stop < 0
                ? { data: Buffer.from(said, 'latin1') }
                : { data: Buffer.from(said, 'latin1'), end: true };
            },
          };
        },
      };
    },
  },
};
